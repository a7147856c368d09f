"""DOMAIN, "the one decision": the endpoint translates what admission says, and decides nothing."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client as Browser

from convergences.admission.models import Visit
from convergences.catalog.models import Assurance
from convergences.directory.models import AgentState
from convergences.foundations import clock
from convergences.protocols.oidc.models import AuthorizationCode
from tests.cast import Cast, join, signed_in
from tests.oidc.relying import ISSUER, Relying, answered, entitle

pytestmark = pytest.mark.database


def test_an_agent_without_the_right_reads_why_and_whom_to_ask(bip: Relying, cast: Cast) -> None:
    response = bip.authorize(signed_in(cast.moussa.agent))
    page = response.content.decode()
    assert response.status_code == 403
    assert "Nadia Ferhat" in page
    assert not AuthorizationCode.objects.exists()
    assert not Visit.objects.exists()


def test_the_page_leads_back_to_the_application_which_is_told(bip: Relying, cast: Cast) -> None:
    """RFC 6749, 4.1.2.1: access_denied, "The resource owner or authorization server denied the request."""
    moussa = signed_in(cast.moussa.agent)
    page = bip.authorize(moussa, state="s").content.decode()
    link = re.search(r'href="(/oauth/authorize\?[^"]*)"', page)
    assert link is not None
    told = answered(moussa.get(unescape(link[1])))
    assert (told["error"], told["state"], told["iss"]) == ("access_denied", "s", ISSUER)


def test_prompt_none_tells_the_client_at_once(bip: Relying, cast: Cast) -> None:
    answer = answered(bip.authorize(signed_in(cast.moussa.agent), prompt="none"))
    assert (answer["error"], answer["state"]) == ("access_denied", "a state")


def test_an_agent_of_another_town_is_refused(bip: Relying, cast: Cast) -> None:
    response = bip.authorize(signed_in(cast.lucie.agent))
    assert response.status_code == 403
    assert "Nadia" not in response.content.decode()


def test_a_suspended_agent_is_a_stranger(bip: Relying, cast: Cast, claire: Browser) -> None:
    cast.claire.agent.state = AgentState.SUSPENDED
    cast.claire.agent.save()
    assert answered(bip.authorize(claire, prompt="none"))["error"] == "login_required"


def test_an_application_that_wants_more_than_a_password_asks_for_it(bip: Relying, cast: Cast, claire: Browser) -> None:
    cast.bip.assurance = Assurance.SECOND_FACTOR
    cast.bip.save()
    assert bip.authorize(claire)["Location"].startswith("/verification?")
    assert answered(bip.authorize(claire, prompt="none"))["error"] == "interaction_required"


def test_an_agent_of_two_employers_is_asked_for_which_and_comes_back(bip: Relying, cast: Cast, claire: Browser) -> None:
    second = join(cast.claire.agent, cast.romainville)
    entitle(second, cast.bip, "manager")
    assert answered(bip.authorize(claire, prompt="none"))["error"] == "account_selection_required"
    response = bip.authorize(claire)
    assert urlsplit(response["Location"]).path == "/ouvrir/bip/employeur"
    following = parse_qs(urlsplit(response["Location"]).query)["next"][0]
    page = claire.post(response["Location"], {"employer": str(second.uid), "next": following})
    assert page.status_code == 200
    told = bip.userinfo(bip.exchange(answered(claire.get(following))["code"]).json()["access_token"]).json()
    assert (told["organization"]["name"], told["roles"]) == ("Ville de Romainville", ["manager"])


def test_an_employer_already_chosen_is_not_asked_again(bip: Relying, cast: Cast, claire: Browser) -> None:
    from convergences.admission.models import EmployerChoice

    entitle(join(cast.claire.agent, cast.romainville), cast.bip)
    EmployerChoice.objects.create(
        agent=cast.claire.agent, application=cast.bip, membership=cast.claire, chosen_at=clock.now()
    )
    assert answered(bip.authorize(claire, prompt="none"))["code"]
