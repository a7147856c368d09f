"""Who may decide an answer: nobody whom it concerns, nor alone who keyed it in (decision 26). Nothing here writes."""

import datetime as dt
from collections.abc import Iterable

from convergences.audit.queries import journal
from convergences.audit.services import Actor
from convergences.campaigns.answers import Person
from convergences.campaigns.errors import OwnDesignation, SameHand
from convergences.campaigns.models import Designation, Named, Proof
from convergences.directory import staff
from convergences.directory.actions import Action as DirectoryAction
from convergences.directory.models import Agent, Membership
from convergences.directory.services import guards
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.foundations.text import name_words

ADDRESS_SETTLES = dt.timedelta(days=30)
_CHANGES_READ = 100


def check_disinterested(people: Iterable[Named | Person], organization_id: int, actor: Actor) -> None:
    """Raise `OwnDesignation` for who is named, by address or by name, or works for this employer in any way."""
    agent = guards.acting_agent(actor)
    if agent is not None and _concerned([agent], people, organization_id):
        raise OwnDesignation


def check_second_pair(designation: Designation, named: Iterable[Named], actor: Actor) -> bool:
    """Raise `SameHand` for who could have made this answer up (`_hands`), if somebody else could accept it; say if they
    are alone."""
    did = _hands(designation).get(actor.agent_id)
    if actor.agent_id is None or did is None:
        return False
    others = list(staff.correspondents().exclude(pk=actor.agent_id).distinct())
    concerned = _concerned(others, named, designation.invitation.organization_id)
    able = [each.full_name for each in others if each.pk not in concerned]
    if able:
        raise SameHand(able, did)
    return True


def _hands(designation: Designation) -> dict[int | None, str]:
    """Return who could have made this answer up, and how: they keyed it in, held the letter whose code signed it
    (decision 27), or had just said to which mailbox its code goes."""
    hands: dict[int | None, str] = {}
    if designation.proof == Proof.MAIL_CODE:
        hands = dict.fromkeys(
            _who_chose_the_mailbox(designation), "choisi l'adresse officielle qui signe cette réponse"
        )
    elif designation.proof == Proof.LETTER_CODE:
        hands[designation.invitation.letter_printed_by_id] = "imprimé le courrier dont le code signe cette réponse"
    return {**hands, designation.keyed_by_agent_id: "saisi cette réponse"}


def _who_chose_the_mailbox(designation: Designation) -> list[int | None]:
    """Return who declared the employer, or changed its official address, in the thirty days before the signature."""
    signed_at = designation.received_at or clock.now()
    acts = (DirectoryAction.ORGANIZATION_CREATED.value, DirectoryAction.ORGANIZATION_MODIFIED.value)
    changes = journal(organization_id=designation.invitation.organization_id).filter(
        action__in=acts, at__gt=signed_at - ADDRESS_SETTLES, at__lte=signed_at
    )
    kept = changes.values_list("actor_id", "action", "details")[:_CHANGES_READ]
    return [actor_id for actor_id, act, said in kept if act == acts[0] or "authority_email" in said.get("fields", ())]


def why_not_decide(designation: Designation, actor: Actor) -> Refusal | None:
    """Return why this correspondant may neither accept an answer nor send it back, or None."""
    try:
        check_disinterested(designation.named.all(), designation.invitation.organization_id, actor)
    except OwnDesignation as refusal:
        return refusal
    return None


def why_not_accept(designation: Designation, actor: Actor) -> Refusal | None:
    """Return why this correspondant may not accept an answer that they may send back, or None."""
    try:
        check_second_pair(designation, designation.named.all(), actor)
    except SameHand as refusal:
        return refusal
    return None


def _concerned(agents: list[Agent], people: Iterable[Named | Person], organization_id: int) -> set[int]:
    """Return the keys of those whom an answer concerns: by address, by name in any order, by an open attachment."""
    typed = {
        word for each in people for word in (each.email.lower(), name_words(f"{each.given_name} {each.family_name}"))
    }
    found = {each.pk for each in agents if {(each.email or "").lower(), name_words(each.full_name)} & typed}
    attached = Membership.objects.filter(agent__in=agents, organization=organization_id, closed_at__isnull=True)
    return found | set(attached.values_list("agent_id", flat=True))
