"""The form of habilitations: what it shows, what it saves, what it refuses, and two référents at once."""

import datetime as dt
from typing import Any

import pytest

from convergences.audit.models import AuditEvent
from convergences.catalog.models import Subscription
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from tests.cast import LONG_AGO, Cast, application
from tests.team.pages import client, held, is_on, right, sheet, value_of, words

pytestmark = pytest.mark.database


def _save(cast: Cast, form: dict[str, Any], *, follow: bool = False) -> Any:
    """Open Claire's sheet as Nadia, then send the form."""
    nadia = client(cast.nadia)
    version = value_of(nadia.get(sheet(cast.claire)), "version")
    return nadia.post(sheet(cast.claire, "habilitations"), {"version": version, **form}, follow=follow)


def test_a_right_is_given_and_the_agent_is_told(cast: Cast) -> None:
    answer = _save(cast, {"droit-bip": "on", "role-bip": "manager", "fin-bip": "2099-06-30"}, follow=True)
    assert held(cast.claire) == {("bip", ("manager",))}
    assert Entitlement.objects.get().ends_on == dt.date(2099, 6, 30)
    assert "Les habilitations sont enregistrées" in words(answer)
    assert is_on(answer, "bip")
    assert not is_on(answer, "net-cotisations")
    assert OutboxMessage.objects.get().recipient == cast.claire.agent.email


def test_a_right_is_removed_by_its_switch(cast: Cast) -> None:
    right(cast.claire, cast.bip)
    _save(cast, {"role-bip": "reader"})
    assert held(cast.claire) == set()
    assert AuditEvent.objects.get().action == "entitlements.right_removed"


def test_several_roles_are_ticked(cast: Cast) -> None:
    _save(cast, {"droit-bip": "on", "role-bip": "+", "roles-bip": ["reader", "manager"]})
    assert held(cast.claire) == {("bip", ("reader", "manager"))}
    page = client(cast.nadia).get(sheet(cast.claire)).content.decode()
    assert '<option value="+" data-several selected>' in page


def test_several_roles_with_none_ticked_are_asked_for(cast: Cast) -> None:
    answer = _save(cast, {"droit-bip": "on", "role-bip": "+"})
    assert answer.status_code == 422
    assert "Choisissez le droit sur BIP" in words(answer)


def test_an_application_of_one_role_needs_no_choice(cast: Cast) -> None:
    application("agenda", "Agenda", [("user", "Utiliser")])
    _save(cast, {"droit-agenda": "on"})
    assert held(cast.claire) == {("agenda", ("user",))}


def test_an_unchanged_form_changes_nothing_and_tells_nobody(cast: Cast) -> None:
    right(cast.claire, cast.bip)
    answer = _save(cast, {"droit-bip": "on", "role-bip": "reader"}, follow=True)
    assert "Rien n'a changé" in words(answer)
    assert not AuditEvent.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_the_same_form_sent_twice_is_harmless(cast: Cast) -> None:
    nadia = client(cast.nadia)
    form = {"droit-bip": "on", "role-bip": "reader", "version": value_of(nadia.get(sheet(cast.claire)), "version")}
    answers = [nadia.post(sheet(cast.claire, "habilitations"), form).status_code for _ in range(3)]
    assert answers == [302, 302, 302]
    assert Entitlement.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_an_old_form_does_not_undo_what_a_colleague_did(cast: Cast) -> None:
    nadia, moussa = client(cast.nadia), client(cast.moussa)
    old = value_of(nadia.get(sheet(cast.claire)), "version")
    moussa.post(sheet(cast.claire, "habilitations"), {"version": old, "droit-bip": "on", "role-bip": "reader"})
    answer = nadia.post(
        sheet(cast.claire, "habilitations"),
        {"version": old, "droit-net-cotisations": "on", "role-net-cotisations": "payer"},
    )
    assert answer.status_code == 409
    assert "ont changé depuis l'affichage" in words(answer)
    assert is_on(answer, "bip")
    assert held(cast.claire) == {("bip", ("reader",))}


@pytest.mark.parametrize(
    "altered",
    [
        {"droit-inconnue": "on"},
        {"droit-bip": "on", "role-bip": "owner"},
        {"droit-bip": "yes", "role-bip": "reader"},
        {"droit-bip": ["on", "on"], "role-bip": "reader"},
        {"droit-bip": "on", "role-bip": ["reader", "manager"]},
        {"droit-bip": "on", "role-bip": "reader", "fin-bip": ["2099-01-01", "2099-01-02"]},
        {"droit-bip": "on", "role-bip": "reader", "fin-bip": "31/02/2099"},
        {"droit-bip": "on", "role-bip": "reader", "fin-bip": "0001-01-01"},
        {"droit-bip": "on", "role-bip": "reader", "fin-bip": "9999-12-31"},
        {"version": "", "droit-net-cotisations": "on", "role-net-cotisations": "payer"},
        {"version": "1-2-3", "droit-net-cotisations": "on", "role-net-cotisations": "payer"},
    ],
    ids=str,
)
def test_an_altered_form_changes_nothing(cast: Cast, altered: dict[str, Any]) -> None:
    right(cast.claire, cast.cotisations)
    assert _save(cast, altered).status_code in {409, 422}
    assert held(cast.claire) == {("net-cotisations", ("reader",))}
    assert not AuditEvent.objects.exists()


def test_one_wrong_line_saves_none_of_the_others(cast: Cast) -> None:
    answer = _save(
        cast,
        {"droit-bip": "on", "role-bip": "reader", "droit-net-cotisations": "on", "role-net-cotisations": "payer",
         "fin-net-cotisations": "2001-01-01"},
    )  # fmt: skip
    assert "La date de fin pour Net-Cotisations est déjà passée" in words(answer)
    assert is_on(answer, "bip")
    assert value_of(answer, "fin-net-cotisations") == "2001-01-01"
    assert held(cast.claire) == set()


def test_the_last_seat_taken_meanwhile_is_said_on_its_line(cast: Cast) -> None:
    cast.bip.affiliations = []
    cast.bip.save()
    Subscription.objects.create(organization=cast.pantin, application=cast.bip, seats=1, starts_on=LONG_AGO)
    taken = right(cast.moussa, cast.bip)
    taken.seat = 1
    taken.save()
    told = words(client(cast.nadia).get(sheet(cast.claire)))
    assert "Plus de place" in told
    assert "La seule place de l'abonnement est prise" in told
    assert _save(cast, {"droit-bip": "on", "role-bip": "reader"}).status_code == 422
    assert held(cast.claire) == set()


def test_the_last_seat_taken_meanwhile_hinders_no_other_right(cast: Cast) -> None:
    cast.bip.affiliations = []
    cast.bip.save()
    Subscription.objects.create(organization=cast.pantin, application=cast.bip, seats=1, starts_on=LONG_AGO)
    taken = right(cast.moussa, cast.bip)
    taken.seat = 1
    taken.save()
    other = {"droit-net-cotisations": "on", "role-net-cotisations": "payer", "fin-net-cotisations": ""}
    refused = words(_save(cast, {**other, "droit-bip": "on", "role-bip": "reader", "fin-bip": ""}))
    assert "BIP : La seule place de l'abonnement est prise" in refused
    assert "ne correspond pas à la page affichée" not in refused
    assert held(cast.claire) == set()
    assert _save(cast, {**other, "role-bip": "reader", "fin-bip": ""}).status_code == 302
    assert held(cast.claire) == {("net-cotisations", ("payer",))}


def test_no_subscription_is_explained_and_offers_no_switch(cast: Cast) -> None:
    cast.bip.affiliations = ["subscriber"]
    cast.bip.save()
    answer = client(cast.nadia).get(sheet(cast.claire))
    assert "Aucun abonnement de la Ville de Pantin" in words(answer)
    assert 'id="droit-bip"' not in answer.content.decode()


def test_an_application_to_open_says_from_when_it_may_be_given(cast: Cast) -> None:
    cast.bip.opens_on = clock.today() + dt.timedelta(days=60)
    cast.bip.save()
    told = words(client(cast.nadia).get(sheet(cast.claire)))
    assert "Ouverture le" in told
    assert "Vous pourrez donner ce droit dès le" in told


def test_a_right_that_can_no_longer_be_given_can_still_be_removed(cast: Cast) -> None:
    right(cast.claire, cast.bip)
    cast.bip.affiliations = []
    cast.bip.save()
    answer = client(cast.nadia).get(sheet(cast.claire))
    assert is_on(answer, "bip")
    _save(cast, {"droit-bip": "on", "role-bip": "reader"})
    assert held(cast.claire) == {("bip", ("reader",))}
    _save(cast, {"role-bip": "reader"})
    assert held(cast.claire) == set()


def test_a_right_that_ends_soon_is_noticed(cast: Cast) -> None:
    right(cast.claire, cast.bip, ends_on=clock.today() + dt.timedelta(days=9))
    assert "Expire dans 9 jours" in words(client(cast.nadia).get(sheet(cast.claire)))


def test_reading_the_address_of_the_form_leads_to_the_sheet(cast: Cast) -> None:
    answer = client(cast.nadia).get(sheet(cast.claire, "habilitations"))
    assert answer["Location"] == sheet(cast.claire)
