"""Leaving the directory, and answering an employer."""

import pytest

from convergences.directory.models import Membership
from convergences.foundations import clock
from tests.cast import Cast, join
from tests.team.pages import client, right, words

pytestmark = pytest.mark.database


@pytest.fixture
def waiting(cast: Cast) -> Membership:
    """Claire, attached by Romainville, has not answered yet."""
    return join(cast.claire.agent, cast.romainville, confirmed_at=None, shown_email=cast.claire.agent.email)


def _address(member: Membership) -> str:
    return f"/annuaire/rattachements/{member.uid}"


def test_leaving_is_asked_for_and_leads_back_to_the_portal_with_the_session_alive(cast: Cast) -> None:
    claire = client(cast.claire)
    assert "Voulez-vous vraiment vous déconnecter ?" in words(claire.get("/annuaire/quitter"))
    assert claire.post("/annuaire/quitter")["Location"] == "/"
    assert claire.get("/annuaire/profil").status_code == 200


def test_the_menu_leads_there(cast: Cast) -> None:
    page = client(cast.claire).get("/annuaire/profil").content.decode()
    assert 'href="/annuaire/quitter" data-dialog="dlg-deconnexion"' in page


def test_the_employer_and_what_follows_are_told_before_the_answer(cast: Cast, waiting: Membership) -> None:
    told = words(client(cast.claire).get(_address(waiting)))
    assert "Travaillez-vous aussi pour la Ville de Romainville ?" in told


def test_accepting(cast: Cast, waiting: Membership) -> None:
    right(waiting, cast.bip)
    answer = client(cast.claire).post(_address(waiting), {"answer": "accept"}, follow=True)
    assert "Le rattachement de la Ville de Romainville est accepté" in words(answer)
    assert Membership.objects.get(pk=waiting.pk).confirmed_at


def test_declining(cast: Cast, waiting: Membership) -> None:
    answer = client(cast.claire).post(_address(waiting), {"answer": "decline"}, follow=True)
    assert "est refusé" in words(answer)
    assert Membership.objects.get(pk=waiting.pk).closed_at


@pytest.mark.parametrize("answer", ["", "yes", "ACCEPT", ["accept", "decline"], ["accept", "accept"]], ids=str)
def test_an_answer_that_is_neither_changes_nothing(cast: Cast, waiting: Membership, answer: object) -> None:
    assert client(cast.claire).post(_address(waiting), {"answer": answer}).status_code == 422
    row = Membership.objects.get(pk=waiting.pk)
    assert row.confirmed_at is None
    assert row.closed_at is None


def test_nobody_answers_for_somebody_else(cast: Cast, waiting: Membership) -> None:
    for other in (cast.karim, cast.lucie, cast.nadia):
        assert client(other).get(_address(waiting)).status_code == 404
        assert client(other).post(_address(waiting), {"answer": "accept"}).status_code == 404
    assert Membership.objects.get(pk=waiting.pk).confirmed_at is None


def test_an_answer_is_given_once(cast: Cast, waiting: Membership) -> None:
    claire = client(cast.claire)
    claire.post(_address(waiting), {"answer": "accept"})
    assert claire.post(_address(waiting), {"answer": "decline"}).status_code == 404
    assert Membership.objects.get(pk=waiting.pk).closed_at is None


def test_an_address_not_proved_must_be_proved_first(cast: Cast, waiting: Membership) -> None:
    cast.claire.agent.address_changed_at = clock.now()
    cast.claire.agent.save()
    answer = client(cast.claire).post(_address(waiting), {"answer": "accept"}, follow=True)
    assert "Réinitialisez d'abord votre mot de passe" in words(answer)
    assert Membership.objects.get(pk=waiting.pk).confirmed_at is None
