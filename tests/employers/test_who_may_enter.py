"""Only the centre's correspondants enter; to anybody else there is nothing here, for any employer or none."""

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from convergences.audit.models import AuditEvent
from convergences.directory.models import Organization, Role, StaffRole
from convergences.foundations import clock
from convergences.pages.employers import urls
from tests.cast import Cast, member, signed_in, strengthen
from tests.employers.pages import LIST, julien, sheet

pytestmark = pytest.mark.database


def _addresses(key: str) -> list[str]:
    found = []
    for entry in urls.urlpatterns:
        assert isinstance(entry, URLPattern)
        route = (
            str(entry.pattern)
            .replace("<slug:organization>", key)
            .replace("<slug:form>", "xlsx")
            .replace("<slug:slug>", "bip")
        )
        found.append(f"/espace-cig/{route}")
    return found


def _state() -> list[Any]:
    return [list(Organization.objects.order_by("pk").values()), AuditEvent.objects.count()]


@pytest.mark.parametrize("who", ["nadia", "claire", "karim"])
def test_referents_and_agents_find_nothing_and_change_nothing(cast: Cast, who: str) -> None:
    browser = signed_in(getattr(cast, who).agent, second_factor=True)
    before = _state()
    for key in ("pantin", "romainville", "nowhere"):
        for path in _addresses(key):
            assert browser.get(path).status_code == 404, path
            assert browser.post(path, {"name": "Ville de Pantin"}).status_code == 404, path
    assert _state() == before
    assert "Espace CIG" not in browser.get("/annuaire/profil").content.decode()


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.AUDITOR])
def test_other_roles_of_the_centre_find_nothing(cast: Cast, role: Role) -> None:
    other = member(cast.center, "Anne-Laure Petit")
    StaffRole.objects.create(agent=other.agent, role=role, granted_at=clock.now())
    browser = signed_in(other.agent, second_factor=True)
    for path in _addresses("pantin"):
        assert browser.get(path).status_code == 404, path
        assert browser.post(path).status_code == 404, path
    assert LIST not in browser.get("/annuaire/profil").content.decode()


def test_a_stranger_is_sent_to_sign_in(cast: Cast) -> None:
    for path in _addresses(cast.pantin.key):
        for method in ("get", "post"):
            assert getattr(Client(), method)(path)["Location"].startswith("/connexion")


def test_the_role_written_for_somebody_of_another_employer_opens_nothing(cast: Cast) -> None:
    StaffRole.objects.create(agent=cast.nadia.agent, role=Role.CORRESPONDENT, granted_at=clock.now())
    assert signed_in(cast.nadia.agent, second_factor=True).get(LIST).status_code == 404


def test_a_correspondent_who_left_the_centre_finds_nothing(cast: Cast) -> None:
    browser = julien(cast)
    assert browser.get(LIST).status_code == 200
    cast.julien.closed_at = clock.now()
    cast.julien.save()
    assert browser.get(LIST).status_code == 404


def test_a_correspondent_without_a_second_step_is_sent_to_it_once_the_grace_is_over(cast: Cast, settings: Any) -> None:
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"second_factor_grace_days": 0})
    browser = signed_in(cast.julien.agent)
    for path in (LIST, sheet(), sheet("fermer")):
        assert browser.get(path).status_code == 302
    assert browser.post(sheet("fermer"), {"name": cast.pantin.name}).status_code == 302
    cast.pantin.refresh_from_db()
    assert cast.pantin.active
    strengthen(cast.julien.agent)
    assert browser.get(LIST).status_code == 200


def test_an_unknown_employer_is_not_found(cast: Cast) -> None:
    browser = julien(cast)
    for act in ("", "journal", "modifier", "fermer"):
        assert browser.get(sheet(act, "nowhere")).status_code == 404
    assert browser.post(sheet("rouvrir", "nowhere")).status_code == 404


def test_the_menu_shows_each_role_its_own_part(cast: Cast) -> None:
    page = julien(cast).get(LIST).content.decode()
    assert 'href="/espace-cig/employeurs" aria-current="page"' in page
    assert "/administration/" not in page
    StaffRole.objects.create(agent=cast.julien.agent, role=Role.ENGINEER, granted_at=clock.now())
    assert "/administration/applications" in julien(cast).get(LIST).content.decode()
