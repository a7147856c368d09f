"""A correspondant decides an answer: accepts it, all of it or nothing, or sends it back with a reason.

One that can neither be corrected nor accepted any more (campaign or employer closed meanwhile) is set aside.

Two correspondants who decide at once wait for each other at the employer's row: the second is told what the first did.
Rows are held in the directory's order, organization first (`directory.services.locks`).
"""

from django.db import transaction
from django.db.models import prefetch_related_objects

from convergences.audit.services import Actor, record
from convergences.campaigns import mails
from convergences.campaigns.actions import Action
from convergences.campaigns.errors import AlreadyDecided, CannotName, ForeseenOtherwise, WrongAnswer, WrongState
from convergences.campaigns.models import (
    CampaignState,
    Designation,
    DesignationState,
    Invitation,
    InvitationState,
    Mandate,
    Named,
)
from convergences.campaigns.services import comparing, eyes, foreseeing, links, registering
from convergences.directory.details import AgentDetails
from convergences.directory.errors import DirectoryRefusal
from convergences.directory.models import Membership, Role
from convergences.directory.services import guards, locks, memberships
from convergences.foundations import clock, outbox
from convergences.lifecycle.services import arrive

LONGEST_REASON = 1000
_DECIDED = {
    DesignationState.VALIDATED: "Cette réponse vient d'être validée",
    DesignationState.SENT_BACK: "Cette réponse vient d'être renvoyée",
    DesignationState.REPLACED: "Une autre réponse de cet employeur vient de la remplacer",
    DesignationState.SET_ASIDE: "Cette réponse vient d'être classée sans suite",
}


@transaction.atomic
def accept(designation: Designation, *, actor: Actor, seen: str = "") -> Designation:
    """Make référents of all whom the answer names, and end the profile of the others if it replaces them.

    Each is created and invited, or promoted; each holds a mandate by this answer. `seen`: the mark of what its page
    foresaw. Raises `AlreadyDecided`, `OwnDesignation`, `SameHand`, `CannotName`, `ForeseenOtherwise`, `WrongState` (the
    employer is closed), `ForTheCentre`; then nothing is done.
    """
    held = _hold(designation, actor)
    organization = held.invitation.organization
    if not organization.active:
        raise WrongState("Cet employeur est fermé : sa désignation ne peut plus être validée.")
    named = list(held.named.all())
    alone = eyes.check_second_pair(held, named, actor)
    _check_as_foreseen(held, seen)
    for each in named:
        each.membership = _make_referent(each, held, actor)
        each.save(update_fields=["membership"])
    ended = _end_others(held, named, actor) if held.replaces else []
    _decide(held, DesignationState.VALIDATED, InvitationState.VALIDATED, actor)
    held.invitation.designations.filter(state=DesignationState.DRAFT).delete()
    if organization.authority_email:
        outbox.post(mails.validated(held))
    record(
        Action.ACCEPTED,
        actor=actor,
        about=registering.about(held.invitation),
        reference=held.invitation.reference,
        receipt=held.receipt_number,
        named=len(named),
        ended=len(ended),
        **({"alone": True} if alone else {}),
    )
    return held


@transaction.atomic
def send_back(designation: Designation, reason: str, *, actor: Actor) -> Designation:
    """Ask the autorité territoriale to correct its answer, by a mail that says why and holds a new link.

    Raises `WrongAnswer` (no reason), `AlreadyDecided`, `OwnDesignation`, `ForTheCentre`, `WrongState` once the campaign
    or the employer is closed.
    """
    held = _hold(designation, actor)
    held.reason = _checked(reason)
    invitation = held.invitation
    if not may_be_corrected(invitation):
        raise WrongState("La campagne est close, ou l'employeur fermé : le lien de correction n'ouvrirait plus rien.")
    _decide(held, DesignationState.SENT_BACK, InvitationState.SENT_BACK, actor)
    if invitation.organization.authority_email:
        outbox.post(mails.sent_back(held, links.issue(invitation)))
    _tell(Action.SENT_BACK, held, actor)
    return held


@transaction.atomic
def set_aside(designation: Designation, reason: str, *, actor: Actor) -> Designation:
    """Put away an answer that can no longer be corrected, and tell the autorité territoriale why if it still is one.

    Raises `WrongAnswer` (no reason), `AlreadyDecided`, `OwnDesignation`, `ForTheCentre`, `WrongState` while it may be
    sent back.
    """
    held = _hold(designation, actor)
    held.reason = _checked(reason)
    invitation = held.invitation
    if may_be_corrected(invitation):
        raise WrongState("Cette réponse peut encore être corrigée : renvoyez-la.")
    _decide(held, DesignationState.SET_ASIDE, InvitationState.SENT, actor)
    if invitation.organization.active and invitation.organization.authority_email:
        outbox.post(mails.set_aside(held))
    _tell(Action.SET_ASIDE, held, actor)
    return held


def may_be_corrected(invitation: Invitation) -> bool:
    """Say whether a link of correction would open anything: the campaign goes on, and so does the employer."""
    return invitation.campaign.state != CampaignState.CLOSED and invitation.organization.active


def _checked(reason: str) -> str:
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise WrongAnswer(f"Dites pourquoi, en {LONGEST_REASON} caractères au plus.", field="reason")
    return said


def _tell(word: Action, held: Designation, actor: Actor) -> None:
    invitation = held.invitation
    about = registering.about(invitation)
    record(word, actor=actor, about=about, reference=invitation.reference, receipt=held.receipt_number)


def _hold(designation: Designation, actor: Actor) -> Designation:
    guards.check_centre(actor, Role.CORRESPONDENT)
    locks.hold_organization(designation.invitation.organization_id)
    invitation = registering.hold(designation.invitation)
    held = Designation.objects.select_for_update().get(pk=designation.pk)
    held.invitation = invitation
    if held.state != DesignationState.RECEIVED:
        said = _DECIDED.get(DesignationState(held.state), "Cette réponse n'est pas encore signée")
        raise AlreadyDecided(f"{said} : regardez où elle en est.")
    prefetch_related_objects([held], "named")  # one list for all that follows, which `accept` completes
    eyes.check_disinterested(held.named.all(), invitation.organization_id, actor)
    return held


def _check_as_foreseen(held: Designation, seen: str) -> None:
    foreseen = foreseeing.foresee(held)
    for fate in foreseen.fates:
        for remark in fate.remarks:
            if remark.blocks:
                raise CannotName(remark.sentence)
    if seen and seen != foreseen.mark:
        raise ForeseenOtherwise


def _make_referent(each: Named, designation: Designation, actor: Actor) -> Membership:
    organization, warrant = designation.invitation.organization, _warrant(designation)
    known = Membership.objects.filter(
        organization=organization, agent__email=each.email, closed_at__isnull=True
    ).first()
    try:
        member = known or _arrive(each, designation, actor)
        already, ending = member.is_referent, member.referent_until
        member = memberships.promote(member, warrant=warrant, actor=actor)
    except DirectoryRefusal as refusal:
        raise CannotName(f"{each} : {refusal.sentence}") from None
    if known is not None and member.email and not already:
        outbox.post(mails.named(member, designation))
    elif member.email and already and ending is not None:  # they were told of that day, which is taken back
        outbox.post(mails.end_lifted(member))
    _open_mandate(member, designation)
    return member


def _arrive(each: Named, designation: Designation, actor: Actor) -> Membership:
    fields = ("civility", "given_name", "family_name", "job_title", "department", "email", "phone")
    return arrive(
        AgentDetails(**{name: getattr(each, name) for name in fields}),
        organization=designation.invitation.organization,
        giver=None,
        actor=actor,
        outside_domains_confirmed=True,  # the correspondant has just seen the remark
    )


def _open_mandate(member: Membership, designation: Designation) -> None:
    Mandate.objects.filter(membership=member, ended_on__isnull=True).update(ended_on=clock.today())
    Mandate.objects.create(membership=member, designation=designation, starts_on=clock.today())


def _end_others(designation: Designation, named: list[Named], actor: Actor) -> list[Membership]:
    kept = {each.membership_id for each in named}
    leaving = [
        member for member in comparing.referents_held(designation.invitation.organization) if member.pk not in kept
    ]
    for member in leaving:
        memberships.demote(member, warrant=_warrant(designation), actor=actor)
        Mandate.objects.filter(membership=member, ended_on__isnull=True).update(ended_on=clock.today())
        if member.email:
            outbox.post(mails.ended(member))
    return leaving


def _decide(held: Designation, state: DesignationState, then: InvitationState, actor: Actor) -> None:
    held.state, held.decided_at, held.decided_by = state, clock.now(), actor.label[:200]
    held.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    held.invitation.state = then
    held.invitation.save(update_fields=["state"])


def _warrant(designation: Designation) -> str:
    return f"Désignation {designation.receipt_number}, {designation.signatory_name}"
