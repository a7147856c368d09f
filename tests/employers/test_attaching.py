"""An establishment attached to the employer on which it depends."""

import pytest

from convergences.audit.models import AuditEvent
from convergences.directory.errors import ForTheCentre
from convergences.directory.models import Organization
from convergences.directory.services import organizations
from tests.cast import Cast, organization, signed_in
from tests.directory.acting import actor
from tests.employers.pages import julien, sheet
from tests.team.pages import value_of, words

pytestmark = pytest.mark.database
PAGE = sheet("rattacher")


@pytest.fixture
def ccas(cast: Cast) -> Organization:
    """The CCAS of Pantin."""
    return organization("ccas", "26930016700012", "CCAS de Pantin", kind="ccas")


def test_an_establishment_is_attached_and_both_sheets_say_it(cast: Cast, ccas: Organization) -> None:
    browser = julien(cast)
    answer = browser.post(PAGE, {"avec": "ccas de PANTIN"}, follow=True)
    assert "Établissements rattachés CCAS de Pantin" in words(answer)
    assert "Rattaché à Ville de Pantin" in words(browser.get(sheet("", "ccas")))
    event = AuditEvent.objects.get(action="directory.organization_modified")
    assert (event.organization_id, event.details) == (ccas.pk, {"fields": ["parent"]})


def test_one_that_depends_on_another_is_confirmed_first(cast: Cast, ccas: Organization) -> None:
    organizations.attach(ccas, cast.romainville, actor=actor(cast.julien))
    browser = julien(cast)
    asked = browser.post(PAGE, {"avec": ccas.siret})
    assert "est rattaché à la Ville de Romainville" in words(asked)
    ccas.refresh_from_db()
    assert ccas.parent == cast.romainville
    browser.post(PAGE, {"avec": ccas.siret, "confirm": value_of(asked, "confirm")})
    ccas.refresh_from_db()
    assert ccas.parent == cast.pantin


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Donnez le numéro SIRET"),
        ("nulle part", "Aucun employeur ne porte"),
        ("ville de pantin", "ne peut pas dépendre d'elle-même"),
        ("CIG petite couronne", "ne se rattache à personne"),
    ],
)
def test_what_cannot_hang_there_is_refused(cast: Cast, typed: str, said: str) -> None:
    answer = julien(cast).post(PAGE, {"avec": typed})
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Organization.objects.filter(parent__isnull=False).exists()


def test_no_ring_is_made_and_nobody_else_attaches(cast: Cast, ccas: Organization) -> None:
    organizations.attach(cast.pantin, ccas, actor=actor(cast.julien))
    assert julien(cast).post(PAGE, {"avec": ccas.siret}).status_code == 422
    stranger = signed_in(cast.nadia.agent, second_factor=True)
    assert stranger.post(PAGE, {"avec": ccas.siret}).status_code == 404
    with pytest.raises(ForTheCentre):
        organizations.attach(ccas, cast.pantin, actor=actor(cast.nadia))
