"""Answers as rows: what drafts, online answers and paper ones have in common. Callers hold the invitation."""

from dataclasses import asdict, fields

from convergences.audit.services import About
from convergences.campaigns.answers import Answer, Person
from convergences.campaigns.errors import NotAwaited
from convergences.campaigns.models import (
    CampaignState,
    Channel,
    Designation,
    DesignationState,
    Invitation,
    InvitationState,
    Named,
)
from convergences.campaigns.references import new_reference
from convergences.foundations import clock


def hold(invitation: Invitation) -> Invitation:
    """Return the invitation as it is now, held until the end of the transaction, with campaign and employer."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("campaign", "organization__correspondent")
    return rows.get(pk=invitation.pk)


def check_awaited(invitation: Invitation) -> None:
    """Raise `NotAwaited` when the employer may not answer, or not any more. Waiting to be checked, it may still."""
    if invitation.state == InvitationState.VALIDATED:
        raise NotAwaited("La désignation de votre collectivité est déjà validée : rien n'est plus à envoyer.")
    asked = invitation.campaign.state in {CampaignState.RUNNING, CampaignState.PAUSED}
    if not asked or invitation.state == InvitationState.WITHDRAWN or not invitation.organization.active:
        raise NotAwaited("Cette campagne est close : appelez votre interlocuteur au centre de gestion.")


def waiting_of(invitation: Invitation) -> Designation | None:
    """Return the answer that waits to be checked, or None."""
    return invitation.designations.filter(state=DesignationState.RECEIVED).first()


def replace(former: Designation) -> None:
    """Let an answer that waited give its place to another."""
    former.state, former.decided_at = DesignationState.REPLACED, clock.now()
    former.save(update_fields=["state", "decided_at"])


def draft_of(invitation: Invitation) -> Designation:
    """Return the draft of the employer, made if there is none; not saved."""
    kept = invitation.designations.filter(state=DesignationState.DRAFT).first()
    return kept or Designation(invitation=invitation, channel=Channel.ONLINE, created_at=clock.now())


def write(designation: Designation, answer: Answer) -> None:
    """Keep an answer in place of what the designation said."""
    designation.signatory_name, designation.signatory_title = answer.signatory_name, answer.signatory_title
    designation.replaces = answer.replaces
    designation.save()
    designation.named.all().delete()
    Named.objects.bulk_create(
        Named(designation=designation, position=position, **asdict(person))
        for position, person in enumerate(answer.people)
    )


def read(designation: Designation) -> Answer:
    """Return what a designation says."""
    people = tuple(
        Person(**{field.name: getattr(named, field.name) for field in fields(Person)})
        for named in designation.named.all()
    )
    return Answer(people, designation.signatory_name, designation.signatory_title, designation.replaces)


def receive(designation: Designation, answer: Answer) -> None:
    """Make the designation the one answer that waits: a receipt's number, and the employer is no more reminded."""
    now = clock.now()
    designation.state, designation.received_at = DesignationState.RECEIVED, now
    designation.signed_on = designation.signed_on or clock.today()
    designation.receipt_number = f"D-{new_reference()}"
    write(designation, answer)
    invitation = designation.invitation
    invitation.state, invitation.answered_at = InvitationState.RECEIVED, now
    invitation.save(update_fields=["state", "answered_at"])


def about(invitation: Invitation) -> About:
    """Return what the journal says an act on this invitation is about."""
    return About(organization_id=invitation.organization_id)
