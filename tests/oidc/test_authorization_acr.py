"""OpenID Connect Core, 3.1.2.1 (acr_values) and 5.5.1.1 (essential `acr`); RFC 9470: how strong a sign-in is asked for.

Levels are ProConnect's of 2026.
"""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from convergences.catalog.models import Application, Assurance
from convergences.protocols.oidc import id_tokens
from convergences.protocols.oidc.models import AuthorizationCode
from tests.cast import Cast, give_totp, signed_in, strengthen
from tests.oidc.relying import Relying, answered

pytestmark = pytest.mark.database
UNMET = "unmet_authentication_requirements"
RECOVERED = {"factors": ["pwd", "otp"], "level": "eidas1-mfa"}


def acr(*values: str, essential: bool = True) -> str:
    return json.dumps({"id_token": {"acr": {"essential": essential, "values": values}}})


def told(given: dict[str, Any]) -> dict[str, Any]:
    content = id_tokens.read_hint(given["id_token"])
    assert content is not None
    return content


def step_up(response: HttpResponse) -> dict[str, str]:
    """What the page of the second step is asked, by the address that the browser is sent to."""
    assert response.status_code == 303, response.content.decode()[:500]
    address = urlsplit(response["Location"])
    assert address.path == "/verification"
    assert not AuthorizationCode.objects.exists()
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def test_a_password_alone_does_not_answer_an_essential_acr(bip: Relying, claire: Browser) -> None:
    wanted = step_up(bip.authorize(claire, claims=acr("eidas2")))
    assert (wanted["application"], wanted["niveau"]) == ("bip", "eidas2")
    assert wanted["next"].startswith("/oauth/authorize?")


def test_after_the_second_step_the_agent_goes_on_to_the_client(bip: Relying, cast: Cast, claire: Browser) -> None:
    wanted = step_up(bip.authorize(claire, claims=acr("eidas2")))
    strengthen(cast.claire.agent)
    content = told(bip.exchange(answered(claire.get(wanted["next"]))["code"]).json())
    assert (content["acr"], content["amr"]) == ("eidas2", ["pwd", "otp", "mfa"])


def test_going_straight_back_without_the_second_step_opens_nothing(bip: Relying, claire: Browser) -> None:
    """The attack: what the page of the second step leads to is asked for without having been through it."""
    wanted = step_up(bip.authorize(claire, claims=acr("eidas2")))
    assert step_up(claire.get(wanted["next"]))["niveau"] == "eidas2"


def test_the_second_step_of_somebody_else_or_of_another_browser_opens_nothing(
    bip: Relying, cast: Cast, claire: Browser
) -> None:
    """The attack: an address that was answered in one session is brought by another, of the same agent or not."""
    wanted = step_up(bip.authorize(claire, claims=acr("eidas2")))
    strengthen(cast.claire.agent)
    other = signed_in(cast.claire.agent)
    assert step_up(other.get(wanted["next"]))["niveau"] == "eidas2"


def test_who_declines_goes_back_and_the_client_is_told(bip: Relying, claire: Browser) -> None:
    """unmet_authentication_requirements 1.0, and Core, 5.5.1.1: "treat that outcome as a failed authentication"."""
    wanted = step_up(bip.authorize(claire, claims=acr("eidas2")))
    assert answered(claire.get(f"{wanted['next']}&{wanted['refus']}"))["error"] == UNMET


def test_a_recovery_code_is_not_two_factors_and_is_asked_again(bip: Relying, cast: Cast, claire: Browser) -> None:
    """No loop: each time a page is shown, which waits for the agent and says what is missing."""
    wanted = step_up(bip.authorize(claire, claims=acr("eidas2")))
    strengthen(cast.claire.agent, **RECOVERED)
    again = step_up(claire.get(wanted["next"]))
    assert (again["niveau"], again["next"]) == ("eidas2", wanted["next"])


def test_a_recovery_code_answers_who_asks_for_two_steps(bip: Relying, cast: Cast, claire: Browser) -> None:
    strengthen(cast.claire.agent, **RECOVERED)
    content = told(bip.tokens(claire, claims=acr("eidas1-mfa")))
    assert (content["acr"], content["amr"]) == ("eidas1-mfa", ["pwd", "otp"])


@pytest.mark.parametrize("prompt", ["none", None])
def test_what_is_never_attainable_is_refused_at_once(bip: Relying, claire: Browser, prompt: str | None) -> None:
    assert answered(bip.authorize(claire, claims=acr("eidas3"), prompt=prompt))["error"] == UNMET
    assert answered(bip.authorize(Browser(), claims=acr("eidas3"), prompt=prompt))["error"] == UNMET


def test_nobody_is_shown_a_page_when_none_may_be(bip: Relying, claire: Browser) -> None:
    assert answered(bip.authorize(claire, claims=acr("eidas2"), prompt="none"))["error"] == UNMET
    Application.objects.update(assurance=Assurance.SECOND_FACTOR)
    assert answered(bip.authorize(claire, prompt="none"))["error"] == "interaction_required"


@pytest.mark.parametrize(("claims", "error"), [(acr("eidas2"), UNMET), (None, "access_denied")])
def test_a_sheet_that_wants_more_gives_the_client_the_error_it_asked_for(
    bip: Relying, claire: Browser, claims: str | None, error: str
) -> None:
    Application.objects.update(assurance=Assurance.FRESH_SECOND_FACTOR)
    wanted = step_up(bip.authorize(claire, claims=claims))
    assert answered(claire.get(f"{wanted['next']}&{wanted['refus']}"))["error"] == error


def test_of_several_levels_the_weakest_that_answers_is_asked_for(bip: Relying, claire: Browser) -> None:
    assert step_up(bip.authorize(claire, claims=acr("eidas3", "eidas2", "eidas1-mfa")))["niveau"] == "eidas1-mfa"


def test_an_essential_acr_that_is_held_is_given_back(bip: Relying, cast: Cast, claire: Browser) -> None:
    """5.5.1.1: the OP "MUST return an acr Claim Value that matches one of the requested values"."""
    assert told(bip.tokens(claire, claims=acr("eidas1-mfa", "eidas1")))["acr"] == "eidas1"
    strengthen(cast.claire.agent)
    assert told(bip.tokens(claire, claims=acr("eidas1")))["acr"] == "eidas1"
    assert told(bip.tokens(claire, claims=acr("eidas1", "eidas1-mfa")))["acr"] == "eidas1-mfa"
    assert told(bip.tokens(claire))["acr"] == "eidas2"


WISHES = [{"acr_values": "eidas3 eidas2"}, {"claims": acr("eidas2", essential=False)}]


@pytest.mark.parametrize("wish", WISHES)
def test_who_has_no_second_factor_is_not_made_to_take_one_for_a_wish(
    bip: Relying, claire: Browser, wish: dict[str, str]
) -> None:
    """3.1.2.1: acr_values is "requested as a Voluntary Claim"; the claim says what was done."""
    assert told(bip.tokens(claire, **wish))["acr"] == "eidas1"


@pytest.mark.parametrize("wish", WISHES)
def test_who_has_one_is_asked_once_and_may_decline(
    bip: Relying, cast: Cast, claire: Browser, wish: dict[str, str]
) -> None:
    give_totp(cast.claire.agent)
    wanted = step_up(bip.authorize(claire, **wish))
    assert wanted["niveau"] == "eidas2"
    code = answered(claire.get(f"{wanted['next']}&{wanted['refus']}"))["code"]
    assert told(bip.exchange(code).json())["acr"] == "eidas1"


def test_a_wish_that_was_answered_by_less_is_not_asked_again(bip: Relying, cast: Cast, claire: Browser) -> None:
    give_totp(cast.claire.agent)
    wanted = step_up(bip.authorize(claire, acr_values="eidas2"))
    strengthen(cast.claire.agent, **RECOVERED)
    code = answered(claire.get(wanted["next"]))["code"]
    assert told(bip.exchange(code).json())["acr"] == "eidas1-mfa"


@pytest.mark.parametrize(("wish", "prompt"), [("eidas2 eidas1", None), ("eidas3", None), ("eidas2", "none")])
def test_a_wish_troubles_nobody_who_answers_it_cannot_or_may_not_be_asked(
    bip: Relying, cast: Cast, claire: Browser, wish: str, prompt: str | None
) -> None:
    give_totp(cast.claire.agent)
    assert told(bip.tokens(claire, acr_values=wish, prompt=prompt))["acr"] == "eidas1"


@pytest.mark.parametrize(("proved", "wanted"), [({}, "eidas0"), (RECOVERED, "eidas0-mfa"), (RECOVERED, "eidas0")])
def test_an_identity_that_is_vouched_for_is_declared_too(
    bip: Relying, cast: Cast, claire: Browser, proved: dict[str, Any], wanted: str
) -> None:
    if proved:
        strengthen(cast.claire.agent, **proved)
    assert told(bip.tokens(claire, claims=acr(wanted)))["acr"] == wanted
