"""Only the centre's correspondants enter; nobody else learns that there is something here."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from convergences.directory.models import Role, StaffRole
from convergences.foundations import clock
from convergences.pages.answers import urls
from tests.answers.doing import QUEUE, browser, keyed, keying, picture, said, sheet, state
from tests.campaigns.answering import received
from tests.cast import Cast, member, signed_in

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def _addresses(designation: Any = None) -> list[str]:
    values = {
        "<uuid:designation>": designation.uid if designation else uuid.uuid4(),
        "<uuid:invitation>": designation.invitation.uid if designation else uuid.uuid4(),
        "<uuid:kept>": uuid.uuid4(),
    }
    found = []
    for entry in urls.urlpatterns:
        assert isinstance(entry, URLPattern)
        route = str(entry.pattern)
        for name, value in values.items():
            route = route.replace(name, str(value))
        found.append(f"/espace-cig/{route}")
    return found


def test_referents_agents_and_other_roles_find_nothing_and_change_nothing(cast: Cast) -> None:
    designation = received(cast)
    others = [cast.nadia, cast.claire, cast.karim]
    for name, role in (("Anne-Laure Petit", Role.ENGINEER), ("Sami Duval", Role.AUDITOR)):
        others.append(member(cast.center, name))
        StaffRole.objects.create(agent=others[-1].agent, role=role, granted_at=clock.now())
    before = state()
    for other in others:
        client = signed_in(other.agent, second_factor=True)
        for path in (*_addresses(designation), *_addresses()):
            assert client.get(path).status_code == 404, path
            sent = {**keyed(), "reason": "Non", "seen": "x", "scan": picture()}
            assert client.post(path, sent).status_code == 404, path
    assert state() == before
    assert QUEUE not in said(signed_in(others[3].agent).get("/annuaire/profil"))


def test_a_stranger_is_sent_to_sign_in(cast: Cast) -> None:
    for path in _addresses(received(cast)):
        for method in ("get", "post"):
            assert getattr(Client(), method)(path)["Location"].startswith("/connexion"), path


def test_a_correspondant_reads_every_page_without_writing(cast: Cast) -> None:
    designation, julien = received(cast), browser(cast.julien)
    before = state()
    for path in _addresses(designation):
        for method in ("get", "head"):
            assert getattr(julien, method)(path).status_code in {200, 302, 404, 405}, path
    assert julien.get(sheet(designation)).status_code == 200
    assert julien.get(keying(designation.invitation)).status_code == 200
    assert state() == before


def test_a_form_of_another_site_is_refused(cast: Cast) -> None:
    designation = received(cast)
    julien = browser(cast.julien, enforce_csrf_checks=True)
    before = state()
    for path in (sheet(designation, "accepter"), sheet(designation, "renvoyer"), keying(designation.invitation)):
        assert julien.post(path, {"reason": "Non"}).status_code == 403, path
    assert state() == before


def test_an_unknown_answer_or_employer_is_not_found(cast: Cast) -> None:
    julien = browser(cast.julien)
    about_one = [path for path in _addresses() if path.count("/") > 2]
    assert len(about_one) == len(urls.urlpatterns) - 2
    for path in about_one:
        assert julien.get(path).status_code == 404, path
