"""An account that exists elsewhere and has not accepted shows only what this employer typed (DOMAIN, rule 1)."""

import pytest
from django.core.files.base import ContentFile

from convergences.authentication.models import SingleUseCode
from convergences.directory.models import Membership, Photo
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from tests.cast import Cast
from tests.team.pages import PERSON, client, sheet, team, words

pytestmark = pytest.mark.database


@pytest.fixture
def attached(cast: Cast) -> Membership:
    """Lucie of Romainville, attached by Pantin under another name, and not answered yet."""
    cast.pantin.email_domains = []
    cast.pantin.save()
    lucie = cast.lucie.agent
    lucie.last_sign_in_at = clock.now()
    lucie.email = "l.l@romainville.example"
    lucie.phone = "01 99 00 99 99"
    lucie.save()
    Photo.objects.create(agent=lucie, file=ContentFile(b"x", name="lucie.webp"), updated_at=clock.now())
    client(cast.nadia).post(team("utilisateurs/creer"), {**PERSON, "email": str(lucie.email)})
    OutboxMessage.objects.all().delete()
    return Membership.objects.get(agent=lucie, organization=cast.pantin)


def test_no_page_shows_more_than_was_typed(cast: Cast, attached: Membership) -> None:
    nadia = client(cast.nadia)
    pages = ["utilisateurs", "utilisateurs?q=lea", "journal", ""]
    texts = [nadia.get(team(path)).content.decode() for path in pages]
    texts += [
        nadia.get(sheet(attached, act)).content.decode() for act in ("", "modifier", "suspendre", "supprimer", "fiche")
    ]
    for text in texts:
        assert "Lucie" not in text
        assert "Lefèvre" not in text
        assert "01 99 00 99 99" not in text
        assert "/annuaire/photos/" not in text
    assert "Jamais" in words(nadia.get(sheet(attached)))


def test_searching_the_true_name_finds_nobody(cast: Cast, attached: Membership) -> None:
    assert "Léa" not in words(client(cast.nadia).get(team("utilisateurs"), {"q": "Lefevre"}))


def test_the_account_behind_is_not_this_employers_to_touch(cast: Cast, attached: Membership) -> None:
    lucie, nadia = client(cast.lucie), client(cast.nadia)
    for act in ("mot-de-passe", "sessions"):
        told = words(nadia.post(sheet(attached, act), follow=True))
        assert "n'a jamais été activé" in told
    assert lucie.get("/annuaire/profil").status_code == 200
    assert not SingleUseCode.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_suspending_or_deleting_it_leaves_the_account_alone(cast: Cast, attached: Membership) -> None:
    lucie, nadia = client(cast.lucie), client(cast.nadia)
    nadia.post(sheet(attached, "suspendre"), {"reason": "Autre", "notify": "on"})
    nadia.post(sheet(attached, "supprimer"), {"family_name": "Marchand"})
    assert lucie.get("/annuaire/profil").status_code == 200
    assert not OutboxMessage.objects.exists()


def test_its_photo_is_not_served_to_this_employer(cast: Cast, attached: Membership) -> None:
    address = f"/annuaire/photos/{Photo.objects.get().uid}"
    assert client(cast.nadia).get(address).status_code == 404
