"""« Ce que verra l'agent »: what the référent is shown of an agent's portal, and why."""

import datetime as dt

import pytest
import time_machine

from convergences.admission.queries import Tile, preview_tiles, tiles
from convergences.catalog.models import Application, Pilot, Subscription
from convergences.directory.models import Agent, Membership
from convergences.foundations import clock
from tests.admission.doing import entitle
from tests.cast import LONG_AGO, Cast, application, join, member

pytestmark = pytest.mark.database
NOON = dt.datetime(2027, 1, 10, 11, tzinfo=dt.UTC)


def of(membership: Membership) -> dict[str, tuple[str, str]]:
    """State and sentence of each application, by slug, with plain spaces."""
    return {t.application.slug: (t.state, t.sentence.replace("\u00a0", " ")) for t in preview_tiles(membership)}


def shown(found: list[Tile]) -> list[tuple[str, str]]:
    """Slug and state of what the portal has."""
    return [(tile.application.slug, tile.state) for tile in found if tile.state != "hidden"]


def test_it_shows_what_the_agent_sees_and_says_why_for_the_rest(cast: Cast) -> None:
    application("octime", "Octime", [("reader", "Consulter")], affiliations=[])
    entitle(cast.claire, cast.bip)
    assert of(cast.claire) == {
        "bip": ("open", "Droit donné"),
        "net-cotisations": ("hidden", "Aucun droit donné"),
        "octime": ("hidden", "Aucun abonnement de la Ville de Pantin"),
    }
    assert shown(preview_tiles(cast.claire)) == shown(tiles(cast.claire.agent, clock.now()))


@time_machine.travel(NOON)
def test_dates_and_second_factors_are_said(cast: Cast) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(assurance="second_factor")
    Application.objects.filter(pk=cast.cotisations.pk).update(opens_on=dt.date(2027, 3, 1))
    entitle(cast.claire, cast.bip, ends_on=dt.date(2027, 6, 30))
    assert of(cast.claire) == {
        "bip": ("step_up", "Droit donné jusqu’au 30 juin 2027, avec vérification en deux étapes"),
        "net-cotisations": ("soon", "Ouverture le 1er mars 2027"),
    }


def test_a_right_without_a_seat_is_hidden_and_says_so(cast: Cast) -> None:
    Subscription.objects.create(organization=cast.pantin, application=cast.bip, seats=1, starts_on=LONG_AGO)
    entitle(cast.claire, cast.bip, seat=2)
    assert of(cast.claire)["bip"] == ("hidden", "Toutes les places de l’abonnement sont prises")


def test_a_suspended_agent_sees_nothing(cast: Cast) -> None:
    entitle(cast.claire, cast.bip)
    Membership.objects.filter(pk=cast.claire.pk).update(suspended_at=clock.now())
    assert of(cast.claire)["bip"] == ("hidden", "Accès suspendus")


def test_a_closed_application_is_mentioned_to_who_has_a_right_on_it(cast: Cast) -> None:
    entitle(cast.claire, cast.bip)
    Application.objects.filter(pk__in=[cast.bip.pk, cast.cotisations.pk]).update(status="closed")
    assert of(cast.claire) == {"bip": ("hidden", "Application fermée")}


@pytest.mark.parametrize("status", ["draft", "pilot"])
def test_drafts_and_trials_of_others_are_not_mentioned(cast: Cast, status: str) -> None:
    application("octime", "Octime", [("reader", "Consulter")], status=status)
    assert "octime" not in of(cast.claire)


def test_an_invited_agent_s_portal_is_shown_as_it_will_be(cast: Cast) -> None:
    invited = member(cast.pantin, "Léa Marchand", state="invited")
    entitle(invited, cast.bip)
    assert of(invited)["bip"] == ("open", "Droit donné")


@pytest.mark.parametrize("state", ["active", "suspended", "deleted", "invited"])
def test_an_attachment_not_accepted_tells_nothing_of_the_account_elsewhere(cast: Cast, state: str) -> None:
    trial = application("octime", "Octime", [("reader", "Consulter")], status="pilot")
    Pilot.objects.create(application=trial, agent=cast.lucie.agent)
    entitle(cast.lucie, cast.cotisations)
    Agent.objects.filter(pk=cast.lucie.agent_id).update(state=state)
    attached = join(cast.lucie.agent, cast.pantin, confirmed_at=None)
    invited = member(cast.pantin, "Léa Marchand", state="invited")
    assert of(attached) == of(invited)


def test_the_other_employers_of_an_agent_do_not_show(cast: Cast) -> None:
    elsewhere = join(cast.claire.agent, cast.romainville)
    entitle(elsewhere, cast.bip)
    assert of(cast.claire)["bip"] == ("hidden", "Aucun droit donné")
