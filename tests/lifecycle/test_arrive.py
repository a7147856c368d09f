"""An agent arrives: account, first rights and invitation, all or nothing."""

import datetime as dt

import pytest
import time_machine

from convergences.directory.errors import AlreadyMember, EmailOutsideDomains, TooSoon, WrongState
from convergences.directory.models import Agent, AgentState, Civility, Membership
from convergences.directory.queries import state_of
from convergences.directory.services import memberships
from convergences.entitlements.errors import RightRefused
from convergences.entitlements.models import Entitlement
from convergences.entitlements.terms import Wish
from convergences.foundations.models import OutboxMessage
from convergences.lifecycle.services import arrive, invite_again
from tests.cast import Cast
from tests.directory.acting import actor, details
from tests.lifecycle.letters import flat, kinds, posted

pytestmark = pytest.mark.database


def arrived(cast: Cast, wishes: tuple[Wish, ...] = (), **typed: object) -> Membership:
    return arrive(
        details(**typed),
        organization=cast.pantin,
        giver=cast.nadia.agent,
        wishes=wishes,
        actor=actor(cast.nadia),
        outside_domains_confirmed=True,
    )


@time_machine.travel("2026-11-21 10:00:00+01:00", tick=False)
def test_an_agent_is_invited_with_their_first_rights(cast: Cast) -> None:
    Agent.objects.filter(pk=cast.nadia.agent_id).update(civility=Civility.MADAM)
    cast.nadia.agent.refresh_from_db()
    made = arrived(cast, (Wish(cast.bip.pk, ("reader",)),))
    assert Entitlement.objects.get().membership == made
    [mail] = posted()
    assert (mail.kind, mail.recipient) == ("lifecycle.invitation", "lea.marchand@pantin.example")
    assert mail.subject == "Votre compte CONVERGENCES est prêt"
    words = flat(mail.text)
    for said in (
        "Bienvenue, Léa Marchand,",
        "Nadia Ferhat, référente administratrice de la Ville de Pantin, vous a ouvert un compte",
        "le portail des services en ligne du CIG petite couronne.",
        "Votre identifiant : lea.marchand@pantin.example",
        "Vos applications : BIP",
        "http://testserver/premiere-visite",
        "valable jusqu'au 5 décembre 2026. Ensuite, demandez à Nadia Ferhat de vous la renvoyer.",
    ):
        assert said in words
    for said in ("Bienvenue, Léa Marchand", "Faire ma première visite", "5 décembre 2026"):
        assert said in flat(mail.html)


def test_the_invitation_ends_when_it_says(cast: Cast) -> None:
    with time_machine.travel("2026-11-21 23:30:00+01:00", tick=False):
        made = arrived(cast)
    assert made.agent.invited_until == dt.date(2026, 12, 5)


def test_a_right_that_cannot_be_given_undoes_the_arrival(cast: Cast) -> None:
    cast.bip.status = "closed"
    cast.bip.save()
    with pytest.raises(RightRefused):
        arrived(cast, (Wish(cast.cotisations.pk, ("reader",)), Wish(cast.bip.pk, ("reader",))))
    assert not Agent.objects.filter(email="lea.marchand@pantin.example").exists()
    assert not OutboxMessage.objects.exists()
    assert not Entitlement.objects.exists()


def test_a_refused_address_sends_nothing(cast: Cast) -> None:
    with pytest.raises(EmailOutsideDomains):
        arrive(details(email="x@y.example"), organization=cast.pantin, giver=cast.nadia.agent, actor=actor(cast.nadia))
    with pytest.raises(AlreadyMember):
        arrived(cast, email=cast.claire.email)
    assert not OutboxMessage.objects.exists()


def test_an_account_elsewhere_is_asked_to_accept_and_gets_as_many_mails(cast: Cast) -> None:
    made = arrived(cast, (Wish(cast.bip.pk, ("reader",)),), email=cast.lucie.email)
    assert kinds() == [("attachment", "lucie.lefevre@romainville.example")]
    words = flat(posted()[0].text)
    assert "Bonjour Lucie Lefèvre," in words
    assert "Acceptez ou refusez ce rattachement" in words
    assert f"http://testserver/annuaire/rattachements/{made.uid}" in words
    assert state_of(made) == "invited"


def test_an_account_elsewhere_that_never_came_is_told_of_both_steps(cast: Cast) -> None:
    arrive(
        details(email="m@ailleurs.example"),
        organization=cast.romainville,
        giver=None,
        actor=actor(cast.karim),
        outside_domains_confirmed=True,
    )
    arrived(cast, email="m@ailleurs.example")
    assert [kind for kind, _to in kinds()] == ["invitation", "attachment"]
    assert "Faites d'abord votre première visite" in flat(posted()[1].text)


def test_without_a_giver_the_centre_invites(cast: Cast) -> None:
    arrive(details(), organization=cast.pantin, giver=None, actor=actor(cast.julien))
    words = flat(posted()[0].text)
    assert "Le CIG petite couronne vous a ouvert un compte" in words
    assert "demandez à votre référent administrateur" in words
    assert "Vos applications" not in words


def test_before_there_is_any_referent_the_correspondant_is_named(cast: Cast) -> None:
    Membership.objects.filter(organization=cast.pantin).update(profile="user")
    arrive(details(), organization=cast.pantin, giver=None, actor=actor(cast.julien))
    assert "demandez à Julien Moreau, julien.moreau@cig.example de vous la renvoyer" in flat(posted()[0].text)


def test_an_invitation_leaves_again_after_ten_minutes(cast: Cast) -> None:
    by = {"giver": cast.nadia.agent, "actor": actor(cast.nadia)}
    with time_machine.travel("2026-11-21 10:00:00+01:00", tick=False):
        made = arrived(cast, (Wish(cast.bip.pk, ("reader",)),))
        with pytest.raises(TooSoon):
            invite_again(made, **by)
    with time_machine.travel("2026-11-30 10:00:00+01:00", tick=False):
        assert invite_again(made, **by).agent.invited_until == dt.date(2026, 12, 14)
    assert "Vos applications : BIP" in flat(posted()[1].text)
    with pytest.raises(WrongState):
        invite_again(cast.claire, **by)
    assert len(posted()) == 2


def test_an_account_suspended_elsewhere_is_invited_to_a_first_visit(cast: Cast) -> None:
    memberships.suspend(cast.lucie, reason="", actor=actor(cast.karim))
    made = arrived(cast, email=cast.lucie.email)
    assert made.agent.state == AgentState.INVITED
    assert made.agent.invited_until is not None
    assert "Faire ma première visite" in flat(posted()[0].text)
