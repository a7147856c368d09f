"""Only the centre's engineers enter; to anybody else there is nothing here."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver

from convergences.directory.models import AgentState, Membership, Role, StaffRole
from convergences.foundations import clock
from convergences.pages.administration import urls
from tests.administration.pages import address, create
from tests.cast import Cast, signed_in
from tests.oidc.relying import define

pytestmark = pytest.mark.database


def _addresses(cast: Cast) -> list[str]:
    client = define(cast.bip)
    handle = client.secret_digests[0][:12]
    known = {"slug": "bip", "protocol": "oidc", "handle": handle, "algorithm": "ES256"}
    found = []
    for entry in urls.urlpatterns:
        assert isinstance(entry, URLPattern)
        route = str(entry.pattern)
        for name, value in known.items():
            route = route.replace(f"<slug:{name}>", value)
        found.append(f"/administration/{route}")
    return found


@pytest.mark.parametrize("who", ["nadia", "claire", "karim", "julien"])
def test_referents_agents_and_correspondents_find_nothing(cast: Cast, who: str) -> None:
    browser = signed_in(getattr(cast, who).agent)
    for path in _addresses(cast):
        assert browser.get(path).status_code in {404, 405}, path
        assert browser.post(path).status_code in {404, 405}, path
    assert "/administration/" not in browser.get("/annuaire/profil").content.decode()


def test_a_stranger_is_sent_to_sign_in(cast: Cast) -> None:
    for path in _addresses(cast):
        answer = Client().get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/connexion")


def test_an_auditor_of_the_centre_does_not_enter(cast: Cast) -> None:
    StaffRole.objects.create(agent=cast.julien.agent, role=Role.AUDITOR, granted_at=clock.now())
    assert signed_in(cast.julien.agent).get("/administration/applications").status_code == 404


def test_the_role_written_for_somebody_of_another_employer_opens_nothing(cast: Cast) -> None:
    StaffRole.objects.create(agent=cast.nadia.agent, role=Role.ENGINEER, granted_at=clock.now())
    assert signed_in(cast.nadia.agent).get("/administration/applications").status_code == 404


def test_an_engineer_who_left_the_centre_finds_nothing(anne_laure: Membership, engineer: Client) -> None:
    assert engineer.get("/administration/applications").status_code == 200
    anne_laure.closed_at = clock.now()
    anne_laure.save()
    assert engineer.get("/administration/applications").status_code == 404


def test_a_suspended_engineer_is_out(anne_laure: Membership, engineer: Client) -> None:
    anne_laure.agent.state = AgentState.SUSPENDED
    anne_laure.agent.save()
    assert engineer.get("/administration/applications").status_code == 302


def test_an_engineer_sees_the_way_in_and_an_unknown_application_is_not_found(cast: Cast, engineer: Client) -> None:
    assert "Espace CIG" in engineer.get("/annuaire/profil").content.decode()
    assert engineer.get(address("nothing")).status_code == 404
    assert engineer.get(address("bip", "raccordement/link")).status_code == 404
    assert engineer.get(address("bip", "raccordement/saml2")).status_code == 404


def test_agents_pay_nothing_for_the_space_that_they_do_not_have(cast: Cast) -> None:
    browser = signed_in(cast.claire.agent)
    browser.get("/annuaire/securite")
    with CaptureQueriesContext(connection) as captured:
        browser.get("/annuaire/securite")
    assert not [query for query in captured if "staffrole" in query["sql"]]


@pytest.mark.parametrize("act", ["modifier", "raccordement/oidc", "ouvrir", "fermer", "secrets/ajouter"])
def test_nothing_is_written_without_the_page_s_own_token(cast: Cast, anne_laure: Membership, act: str) -> None:
    define(cast.bip)
    browser = signed_in(anne_laure.agent, enforce_csrf_checks=True)
    assert browser.post(address("bip", act), {"status": "open", "kind": "web"}).status_code == 403
    assert create(browser).status_code == 403


def test_the_room_is_under_one_address() -> None:
    rooms = [each for each in get_resolver().url_patterns if str(each.pattern) == "administration/"]
    assert len(rooms) == 1


def test_the_address_of_the_room_alone_leads_to_the_catalogue(engineer: Client) -> None:
    assert engineer.get("/administration/")["Location"] == "/administration/applications"
