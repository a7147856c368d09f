"""« Confier des employeurs »: all of them in one act, as the preview said, or none."""

import pytest

from convergences.audit.models import AuditEvent
from convergences.directory import portfolios
from convergences.directory.errors import ForTheCentre
from convergences.directory.models import Membership, Organization, Role, StaffRole
from convergences.directory.services.portfolios import transfer
from convergences.foundations import clock
from tests.campaigns.doing import acting
from tests.cast import Cast, member
from tests.employers.pages import julien, towns
from tests.team.pages import value_of, words

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PATH = "/espace-cig/confier-des-employeurs"


def _rose(cast: Cast) -> Membership:
    rose = member(cast.center, "Rose Amar")
    StaffRole.objects.create(agent=rose.agent, role=Role.CORRESPONDENT, granted_at=clock.now())
    return rose


def _of(agent_id: int) -> int:
    return Organization.objects.filter(correspondent=agent_id).count()


def test_only_a_correspondant_hands_employers_over_and_only_to_a_correspondant(cast: Cast) -> None:
    rose = _rose(cast)
    seen = portfolios.mark(portfolios.followed_by(cast.julien.agent_id))
    for other in (cast.nadia, cast.claire):
        with pytest.raises(ForTheCentre):
            transfer(cast.julien.agent_id, rose.agent, seen=seen, actor=acting(other))
    answer = julien(cast).post(PATH, {"whose": str(cast.julien.agent_id), "to": str(cast.nadia.agent_id)})
    assert answer.status_code == 422
    assert _of(cast.julien.agent_id) == 2


def test_all_go_in_one_act_after_a_page_that_names_them(cast: Cast) -> None:
    rose, browser = _rose(cast), julien(cast)
    asked = {"whose": str(cast.julien.agent_id), "to": str(rose.agent_id)}
    review = browser.post(PATH, asked)
    assert "Confier 2 employeurs à Rose Amar ?" in words(review)
    assert "Ville de Romainville" in words(review)
    assert _of(rose.agent_id) == 0
    done = browser.post(PATH, {**asked, "seen": value_of(review, "seen"), "confirmer": "1"}, follow=True)
    assert "2 employeurs sont confiés à Rose Amar" in words(done)
    assert (_of(rose.agent_id), _of(cast.julien.agent_id)) == (2, 0)
    told = AuditEvent.objects.filter(action="directory.correspondent_changed")
    assert set(told.values_list("organization_id", flat=True)) == {cast.pantin.pk, cast.romainville.pk}


def test_a_list_that_changed_since_the_preview_is_read_again(cast: Cast) -> None:
    rose, browser = _rose(cast), julien(cast)
    asked = {"whose": str(cast.julien.agent_id), "to": str(rose.agent_id)}
    seen = value_of(browser.post(PATH, asked), "seen")
    Organization.objects.filter(pk=cast.romainville.pk).update(correspondent=None)
    answer = browser.post(PATH, {**asked, "seen": seen, "confirmer": "1"})
    assert (answer.status_code, "a changé depuis" in words(answer)) == (422, True)
    assert _of(rose.agent_id) == 0


def test_the_employers_of_who_left_and_of_nobody_are_found_there(cast: Cast) -> None:
    rose, browser = _rose(cast), julien(cast)
    towns(0, 30)
    Organization.objects.filter(pk=cast.pantin.pk).update(correspondent=rose.agent)
    StaffRole.objects.filter(agent=rose.agent).delete()
    page = words(browser.get(PATH))
    assert "Rose Amar, qui n'est plus correspondant (1)" in page
    assert "sans correspondant (30)" in page
    asked = {"whose": "personne", "to": str(cast.julien.agent_id)}
    review = browser.post(PATH, asked)
    assert "Et 5 autres." in words(review)
    browser.post(PATH, {**asked, "seen": value_of(review, "seen"), "confirmer": "1"})
    assert _of(cast.julien.agent_id) == 31


def test_to_oneself_or_to_nobody_is_refused(cast: Cast) -> None:
    own = str(cast.julien.agent_id)
    for to, said in ((own, "ces employeurs sont déjà les siens"), ("", "Choisissez à qui les confier.")):
        answer = julien(cast).post(PATH, {"whose": own, "to": to})
        assert (answer.status_code, said in words(answer)) == (422, True)
