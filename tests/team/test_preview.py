"""« Ce que verra l'agent »: as admission says, and as it would be once the form is saved; nothing is written."""

import re

import pytest

from convergences.directory.models import Membership
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from tests.cast import Cast, join
from tests.team.pages import client, right, sheet, words

pytestmark = pytest.mark.database


def _tiles(answer: object) -> str:
    told = words(answer)
    return re.split("Pourquoi les autres", told)[0]


def _preview(cast: Cast, **form: str) -> object:
    names = {name.replace("_", "-", 1): value for name, value in form.items()}
    return client(cast.nadia).post(sheet(cast.claire, "habilitations/apercu"), names)


def test_the_portal_is_shown_as_it_is(cast: Cast) -> None:
    right(cast.claire, cast.bip)
    page = client(cast.nadia).get(sheet(cast.claire)).content.decode()
    shown = page[page.index('id="apercu"') : page.index("Pourquoi les autres")]
    assert "BIP" in shown
    assert "Net-Cotisations" not in shown


def test_what_is_switched_on_appears_before_it_is_saved(cast: Cast) -> None:
    answer = _preview(cast, droit_bip="on", role_bip="reader")
    assert "une fois enregistré" in words(answer)
    assert "BIP" in _tiles(answer)
    assert not Entitlement.objects.exists()


def test_what_is_switched_off_disappears(cast: Cast) -> None:
    right(cast.claire, cast.bip)
    answer = _preview(cast)
    assert "BIP" not in _tiles(answer)
    assert Entitlement.objects.filter(closed_at__isnull=True).exists()


def test_a_suspended_agent_sees_nothing_and_the_page_says_why(cast: Cast) -> None:
    right(cast.claire, cast.bip)
    Membership.objects.filter(pk=cast.claire.pk).update(suspended_at=clock.now())
    told = words(client(cast.nadia).get(sheet(cast.claire)))
    assert "Son portail est vide" in told
    assert "Accès suspendus" in told


def test_the_portal_of_another_employer_is_not_shown(cast: Cast) -> None:
    elsewhere = join(cast.claire.agent, cast.romainville)
    right(elsewhere, cast.cotisations)
    page = client(cast.nadia).get(sheet(cast.claire)).content.decode()
    shown = page[page.index('id="apercu"') : page.index("Pourquoi les autres")]
    assert "Net-Cotisations" not in shown
    assert "Romainville" not in page
