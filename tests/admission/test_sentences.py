"""Each refusal tells the agent what to do next, and names who can help."""

import datetime as dt

import pytest
import time_machine

from convergences.catalog.models import Application, Opening, Subscription
from convergences.directory.models import Agent, Membership, Organization
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from tests.admission.doing import ask, entitle, refused, sentence
from tests.cast import LONG_AGO, Cast, join, member

pytestmark = pytest.mark.database
BOTH = "Vos référents administrateurs, Moussa Diarra et Nadia Ferhat, peuvent"
NOON = dt.datetime(2027, 1, 10, 11, tzinfo=dt.UTC)


def test_without_a_right(cast: Cast) -> None:
    assert sentence(cast.claire, cast.bip) == (
        f"Votre compte fonctionne, mais ce droit ne vous a pas encore été donné. {BOTH} le faire."
    )


@time_machine.travel(NOON)
def test_with_a_right_that_is_over(cast: Cast) -> None:
    entitle(cast.claire, cast.bip, ends_on=dt.date(2026, 12, 31))
    assert (
        sentence(cast.claire, cast.bip)
        == f"Votre droit d’ouvrir BIP a pris fin le 31 décembre 2026. {BOTH} le prolonger."
    )


def test_a_referent_is_told_that_they_can_do_it_themself(cast: Cast) -> None:
    said = refused(ask(cast.nadia, cast.bip))
    assert said.sentence.endswith("donnez-le-vous depuis l’annuaire.")
    assert said.referents == (cast.moussa,)


@time_machine.travel(NOON)
def test_before_the_opening(cast: Cast) -> None:
    Opening.objects.create(application=cast.bip, organization=cast.pantin, opens_on=dt.date(2027, 3, 1))
    opening = "BIP ouvre le 1er mars 2027 : revenez à partir de ce jour."
    assert sentence(cast.claire, cast.bip) == f"{opening} {BOTH} vous renseigner."


def test_during_a_trial(cast: Cast) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(status="pilot", opens_on=dt.date(2000, 1, 1))
    assert sentence(cast.claire, cast.bip).startswith("BIP est à l’essai auprès de quelques agents.")


def test_when_the_application_is_closed(cast: Cast) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(status="closed")
    assert sentence(cast.claire, cast.bip).startswith("BIP n’est pas en service actuellement.")


def test_without_a_subscription(cast: Cast) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(affiliations=[])
    assert sentence(cast.claire, cast.bip) == (
        f"Aucun abonnement de la Ville de Pantin ne couvre BIP. {BOTH} faire le nécessaire auprès du centre de gestion."
    )


def test_without_a_seat(cast: Cast) -> None:
    Subscription.objects.create(application=cast.bip, organization=cast.pantin, starts_on=LONG_AGO, seats=1)
    entitle(cast.claire, cast.bip, seat=2)
    assert sentence(cast.claire, cast.bip) == (
        f"Toutes les places de l’abonnement de la Ville de Pantin à BIP sont prises. {BOTH} vous en libérer une."
    )


def test_when_the_employer_left_the_portal(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.pantin.pk).update(active=False)
    assert sentence(cast.claire, cast.bip).startswith("La Ville de Pantin n’utilise plus CONVERGENCES.")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"suspended_at": NOON}, f"Vos accès à la Ville de Pantin sont suspendus. {BOTH} les rétablir."),
        (
            {"confirmed_at": None},
            f"Acceptez d’abord, dans votre profil, votre rattachement à la Ville de Pantin. {BOTH} vous renseigner.",
        ),
        (
            {"ends_on": dt.date(2026, 12, 31)},
            f"Votre rattachement à la Ville de Pantin a pris fin le 31 décembre 2026. {BOTH} le prolonger.",
        ),
        (
            {"starts_on": dt.date(2027, 2, 1)},
            (
                "Votre rattachement à la Ville de Pantin commence le 1er février 2027 : revenez ce jour-là. "
                f"{BOTH} vous renseigner."
            ),
        ),
    ],
)
@time_machine.travel(NOON)
def test_when_the_agent_does_not_work_there_today(cast: Cast, fields: dict[str, object], expected: str) -> None:
    Membership.objects.filter(pk=cast.claire.pk).update(**fields)
    assert sentence(cast.claire, cast.bip) == expected


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("invited", "faites d’abord votre première visite"),
        ("suspended", "Votre compte est suspendu."),
        ("deleted", "Votre compte est fermé."),
    ],
)
def test_when_the_account_is_not_in_use(cast: Cast, state: str, words: str) -> None:
    Agent.objects.filter(pk=cast.claire.agent_id).update(state=state)
    assert words in sentence(cast.claire, cast.bip)


def test_one_referent_is_named_alone_and_as_she_is(cast: Cast) -> None:
    Agent.objects.filter(pk=cast.nadia.agent_id).update(civility="madam")
    Membership.objects.filter(pk=cast.moussa.pk).update(profile="user")
    assert "Votre référente administratrice, Nadia Ferhat, peut le faire." in sentence(cast.claire, cast.bip)


def test_many_referents_are_not_all_named(cast: Cast) -> None:
    for name in ("Anne Zola", "Basile Zweig", "Cora Zidane"):
        member(cast.pantin, name, profile="referent")
    assert "Moussa Diarra, Nadia Ferhat, Cora Zidane et 2 de plus, peuvent" in sentence(cast.claire, cast.bip)


def test_a_referent_who_is_suspended_is_not_named(cast: Cast) -> None:
    Membership.objects.filter(pk=cast.nadia.pk).update(suspended_at=clock.now())
    assert [one.pk for one in refused(ask(cast.claire, cast.bip)).referents] == [cast.moussa.pk]


def test_without_any_referent_the_correspondant_is_named(cast: Cast) -> None:
    Membership.objects.filter(organization=cast.pantin).update(profile="user")
    said = refused(ask(cast.claire, cast.bip))
    assert said.correspondent is not None
    assert (said.referents, said.correspondent.agent) == ((), cast.julien.agent)
    assert "Votre correspondant au centre de gestion, Julien Moreau, peut le faire." in said.sentence


def test_without_anybody_the_centre_is(cast: Cast) -> None:
    Membership.objects.filter(organization=cast.pantin).update(profile="user")
    cast.julien.agent.staff_roles.all().delete()
    assert sentence(cast.claire, cast.bip).endswith("Le centre de gestion peut le faire.")


def test_the_referents_of_the_employer_in_question_are_named_and_no_other(cast: Cast) -> None:
    elsewhere = join(cast.claire.agent, cast.romainville)
    entitle(cast.claire, cast.bip)
    Entitlement.objects.filter(membership=elsewhere).delete()
    said = refused(ask(elsewhere, cast.bip))
    assert (said.organization, said.referents) == (cast.romainville, (cast.karim,))
