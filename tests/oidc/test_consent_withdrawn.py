"""An agent takes back what they agreed to: nothing given for it answers any longer, and they are asked again."""

from typing import Any

import pytest
from django.test import Client as Browser

from convergences.admission.models import Visit
from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM, Actor
from convergences.directory.errors import NotYours
from convergences.protocols.oidc.models import AuthorizationCode, Client, Consent, Grant
from convergences.protocols.oidc.services import consents
from tests.cast import Cast, signed_in
from tests.oidc.relying import Relying, answered, define, encoded, entitle
from tests.oidc.test_authorization_consent import reply

pytestmark = pytest.mark.database


@pytest.fixture
def asking(bip: Relying, cast: Cast) -> Relying:
    """BIP, which must ask."""
    define(cast.bip, consent_required=True)
    bip.client = Client.objects.get()
    return bip


@pytest.fixture
def agreed(asking: Relying, claire: Browser) -> Relying:
    """Claire has let BIP read her."""
    reply(claire, asking.authorize(claire))
    return asking


def withdraw(cast: Cast) -> bool:
    actor = Actor(agent_id=cast.claire.agent_id, label=cast.claire.agent.full_name)
    return consents.withdraw(cast.bip, cast.claire.agent, actor=actor)


def introspected(asking: Relying, token: str) -> bool:
    response: Any = asking.machine.post(
        "/oauth/introspect",
        encoded({"token": token}),
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": asking.basic()},
    )
    return bool(response.json()["active"])


@pytest.mark.parametrize("scope", ["openid profile email", "openid offline_access"])
def test_all_that_was_given_is_dead_at_once(agreed: Relying, cast: Cast, claire: Browser, scope: str) -> None:
    reply(claire, agreed.authorize(claire, scope=scope, prompt="consent"))
    given, code = agreed.tokens(claire, scope=scope), agreed.code(claire, scope=scope)
    assert introspected(agreed, given["access_token"])
    assert withdraw(cast)
    assert agreed.userinfo(given["access_token"]).status_code == 401
    assert not introspected(agreed, given["access_token"])
    assert agreed.refresh(given["refresh_token"]).status_code == 400
    assert agreed.exchange(code).status_code == 400
    assert Grant.objects.get().revoke_reason == "oidc.consent_withdrawn"


def test_the_application_is_told_by_the_worker(agreed: Relying, cast: Cast, claire: Browser) -> None:
    agreed.tokens(claire)
    withdraw(cast)
    visit = Visit.objects.get()
    assert (visit.end_reason, visit.ended_at) == ("consent_withdrawn", None)
    assert visit.end_requested_at is not None


def test_the_next_entry_asks_again_and_the_right_is_untouched(agreed: Relying, cast: Cast, claire: Browser) -> None:
    withdraw(cast)
    assert answered(agreed.authorize(claire, prompt="none"))["error"] == "consent_required"
    assert answered(reply(claire, agreed.authorize(claire)))["code"]


def test_what_others_agreed_to_stays(agreed: Relying, cast: Cast) -> None:
    entitle(cast.nadia, cast.bip)
    nadia = signed_in(cast.nadia.agent)
    reply(nadia, agreed.authorize(nadia))
    token = agreed.tokens(nadia)["access_token"]
    withdraw(cast)
    assert agreed.userinfo(token).status_code == 200
    assert Consent.objects.get().agent == cast.nadia.agent


def test_the_other_applications_of_the_agent_stay(agreed: Relying, cast: Cast, claire: Browser, rival: Relying) -> None:
    entitle(cast.claire, cast.cotisations)
    token = rival.tokens(claire)["access_token"]
    withdraw(cast)
    assert rival.userinfo(token).status_code == 200


def test_an_agent_answers_for_themself(agreed: Relying, cast: Cast) -> None:
    for actor in (SYSTEM, Actor(agent_id=cast.nadia.agent_id, label="Nadia Ferhat")):
        with pytest.raises(NotYours):
            consents.withdraw(cast.bip, cast.claire.agent, actor=actor)
    assert Consent.objects.exists()


def test_twice_is_once(agreed: Relying, cast: Cast) -> None:
    assert [withdraw(cast), withdraw(cast)] == [True, False]
    assert AuditEvent.objects.filter(action="oidc.consent_withdrawn").count() == 1


def test_an_entry_under_way_while_it_is_taken_back_gives_nothing(
    agreed: Relying, cast: Cast, claire: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page was answered, the request read it; the withdrawal comes before the code."""
    AuthorizationCode.objects.all().delete()
    holds = consents.holds

    def then_withdraws(*asked: Any, **since: Any) -> bool:
        found = holds(*asked, **since)
        withdraw(cast)
        return found

    monkeypatch.setattr(consents, "holds", then_withdraws)
    assert answered(agreed.authorize(claire))["error"] == "consent_required"
    assert not AuthorizationCode.objects.exists()
