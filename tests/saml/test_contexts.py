"""RequestedAuthnContext (Core, 3.3.2.2.1): what is asked is had by a second step, or refused; what is said is true."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from convergences.catalog.models import Application
from convergences.foundations import clock
from convergences.protocols.saml import names
from convergences.protocols.saml.models import Statement
from tests.cast import Cast, signed_in, strengthen
from tests.saml.serving import Peer, answer_in, request

pytestmark = pytest.mark.database
SMARTCARD = "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI"
TIME_SYNC = "urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken"
MFA, PASSWORD = names.MULTI_FACTOR, names.PASSWORD
PASSKEY_ALONE = {"factors": ["pop", "mfa"], "password_at": None}
RECOVERED = {"factors": ["pwd", "otp"], "level": "eidas1-mfa"}


def asking(*contexts: str, comparison: str = "exact", about: str = "") -> Any:
    """A request for one of these contexts."""
    classes = "".join(f"<saml:AuthnContextClassRef>{one}</saml:AuthnContextClassRef>" for one in contexts)
    wanted = f'<samlp:RequestedAuthnContext Comparison="{comparison}">{classes}</samlp:RequestedAuthnContext>'
    return request(more=wanted, about=about)


def step_up(response: Any) -> dict[str, str]:
    """What the page of the second step is asked, by the address that the browser is sent to."""
    assert response.status_code == 303, response.content.decode()[:500]
    address = urlsplit(response["Location"])
    assert address.path == "/verification"
    assert not Statement.objects.exists()
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def said(response: Any) -> str:
    """The context that the application is told."""
    context: str = answer_in(response).assertion.findtext(f".//{names.assertion('AuthnContextClassRef')}")
    return context


def refused(response: Any) -> str:
    """Why the application is told no."""
    return answer_in(response).statuses[1]


def test_two_factors_are_had_by_a_second_step_and_the_agent_goes_on(site: Peer, cast: Cast) -> None:
    wanted = step_up(site.send(asking(MFA)))
    assert (wanted["application"], wanted["niveau"]) == ("net-cotisations", "eidas2")
    strengthen(cast.claire.agent)
    assert said(site.browser.get(wanted["next"])) == MFA


def test_going_straight_back_or_in_another_session_opens_nothing(site: Peer, cast: Cast) -> None:
    """The attacks: the second step is skipped; or made in one session, and shown by another."""
    wanted = step_up(site.send(asking(MFA)))
    assert step_up(site.browser.get(wanted["next"]))["niveau"] == "eidas2"
    strengthen(cast.claire.agent)
    assert step_up(signed_in(cast.claire.agent).get(wanted["next"]))["niveau"] == "eidas2"


def test_who_declines_goes_back_and_the_application_is_told(site: Peer) -> None:
    wanted = step_up(site.send(asking(MFA)))
    assert refused(site.browser.get(f"{wanted['next']}&{wanted['refus']}")) == names.NO_AUTHN_CONTEXT


def test_a_recovery_code_is_not_two_factors(site: Peer, cast: Cast) -> None:
    strengthen(cast.claire.agent, **RECOVERED)
    assert step_up(site.send(asking(MFA)))["niveau"] == "eidas2"
    assert said(site.send(asking(MFA, comparison="maximum"))) == PASSWORD


def test_a_code_by_mail_is_not_two_factors(site: Peer, cast: Cast) -> None:
    strengthen(cast.claire.agent, factors=["pwd", "mail"], level="eidas1-mfa", second_factor_at=None)
    assert step_up(site.send(asking(MFA)))["niveau"] == "eidas2"
    assert said(site.send(request())) == PASSWORD


def test_no_page_is_shown_when_none_may_be(site: Peer) -> None:
    passive = 'IsPassive="true"'
    assert refused(site.send(asking(MFA, about=passive))) == names.NO_AUTHN_CONTEXT
    Application.objects.update(assurance="second_factor")
    assert refused(site.send(request(about=passive))) == names.NO_AUTHN_CONTEXT


@pytest.mark.parametrize(
    ("context", "comparison"),
    [(SMARTCARD, "exact"), (TIME_SYNC, "minimum"), (MFA, "better"), (SMARTCARD, "better"), (MFA, "greatest")],
)
def test_what_is_never_attainable_is_refused_at_once(site: Peer, context: str, comparison: str) -> None:
    assert refused(site.send(asking(context, comparison=comparison))) == names.NO_AUTHN_CONTEXT
    assert refused(Peer().send(asking(context, comparison=comparison))) == names.NO_AUTHN_CONTEXT


@pytest.mark.parametrize(
    ("contexts", "comparison", "told"),
    [
        ((), "exact", MFA),
        ((PASSWORD,), "exact", PASSWORD),
        ((PASSWORD, MFA), "exact", PASSWORD),
        ((SMARTCARD, MFA, PASSWORD), "exact", MFA),
        ((PASSWORD,), "minimum", MFA),
        ((PASSWORD,), "better", MFA),
        ((PASSWORD,), "maximum", PASSWORD),
        ((MFA,), "maximum", MFA),
        ((names.CONTEXT_UNSPECIFIED,), "exact", MFA),
    ],
)
def test_two_factors_answer_what_they_are_and_are_told_as_such(
    site: Peer, cast: Cast, contexts: tuple[str, ...], comparison: str, told: str
) -> None:
    strengthen(cast.claire.agent)
    assert said(site.send(asking(*contexts, comparison=comparison) if contexts else request())) == told


@pytest.mark.parametrize("comparison", ["exact", "minimum", "maximum"])
def test_a_password_answers_who_asks_for_one(site: Peer, comparison: str) -> None:
    assert said(site.send(asking(PASSWORD, comparison=comparison))) == PASSWORD


def test_a_passkey_alone_is_two_factors_and_never_called_a_password(site: Peer, cast: Cast) -> None:
    strengthen(cast.claire.agent, **PASSKEY_ALONE)
    assert said(site.send(asking(PASSWORD, comparison="minimum"))) == MFA
    response = site.send(asking(PASSWORD))
    assert response["Location"].startswith("/connexion?")
    assert "encore=1" in response["Location"]


def test_who_signs_in_by_a_passkey_again_is_not_asked_for_ever(site: Peer, cast: Cast) -> None:
    strengthen(cast.claire.agent, **PASSKEY_ALONE)
    back = parse_qs(urlsplit(site.send(asking(PASSWORD))["Location"]).query)["next"][0]
    with time_machine.travel(clock.now() + dt.timedelta(seconds=20)):
        again = signed_in(cast.claire.agent)
        strengthen(cast.claire.agent, **PASSKEY_ALONE)
        assert refused(again.get(back)) == names.NO_AUTHN_CONTEXT


def test_the_sheet_asks_for_a_fresh_one_whatever_the_request_does(site: Peer, cast: Cast) -> None:
    """The attack of patience: a proof of five minutes and a second ago opens nothing."""
    Application.objects.update(assurance="fresh_second_factor")
    strengthen(cast.claire.agent, second_factor_at=clock.now() - dt.timedelta(minutes=5, seconds=1))
    wanted = step_up(site.send(request()))
    assert "niveau" not in wanted
    assert refused(site.browser.get(f"{wanted['next']}&{wanted['refus']}")) == names.NO_AUTHN_CONTEXT


def test_the_instant_is_that_of_the_last_proof(site: Peer, cast: Cast) -> None:
    before = clock.now() - dt.timedelta(hours=2)
    proved_at = clock.now() - dt.timedelta(minutes=3)
    strengthen(cast.claire.agent, authenticated_at=before, password_at=before, second_factor_at=proved_at)
    statement = answer_in(site.send()).assertion.find(f".//{names.assertion('AuthnStatement')}")
    assert statement is not None
    assert abs(dt.datetime.fromisoformat(str(statement.get("AuthnInstant"))) - proved_at) < dt.timedelta(seconds=2)
