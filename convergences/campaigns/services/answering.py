"""The autorité territoriale answers online: a draft, a signature, a receipt.

A second answer takes the place of one that the centre has not decided: the last word signed is the employer's, and a
mistake seen at once needs no telephone call. Once validated, an answer is changed by another campaign, not by a link.
"""

import dataclasses

from django.db import transaction

from convergences.audit.services import Actor, record
from convergences.authentication import limits
from convergences.authentication.browsers import Browser
from convergences.authentication.services import attempts
from convergences.campaigns import mails
from convergences.campaigns.actions import Action
from convergences.campaigns.answers import Answer
from convergences.campaigns.errors import DeadLink, WrongCode
from convergences.campaigns.models import CampaignState, Designation, DesignationState, Invitation, InvitationState
from convergences.campaigns.references import typed
from convergences.campaigns.services import codes, registering
from convergences.foundations import clock, outbox

_UNOPENED = (InvitationState.WAITING, InvitationState.SENT)
_WRONG = (
    "Cette référence et ce code ne vont pas ensemble, ou ce code a déjà signé une réponse : recopiez ceux du courrier "
    "le plus récent, ou appelez votre interlocuteur au centre."
)
_ENTRIES = limits.Limit("designation by letter", window=limits.HOUR, cap=60)


def enter(reference: str, letter_code: str, *, browser: Browser, actor: Actor) -> Invitation:
    """Return the invitation that a letter's reference and code open.

    Raises `WrongCode`, the same for an unknown reference, `TooManyAttempts` from a network that tries many; `DeadLink`
    for the right code of a campaign or of an employer that is closed.
    """
    attempts.take(limits.of_address(browser.address, limit=_ENTRIES))
    short = typed(reference)
    found = Invitation.objects.filter(reference=f"{short[:4]}-{short[4:]}").first()
    if found is None:
        raise WrongCode(_WRONG, field="")
    codes.take_try(found, codes.LETTER)
    try:
        with transaction.atomic():
            held = registering.hold(found)
            codes.check_letter(held, letter_code)
    except WrongCode:
        codes.tell_wrong(found, codes.LETTER, actor=actor)
        raise WrongCode(_WRONG, field="") from None
    return find(held.pk)


def find(invitation_id: int) -> Invitation:
    """Return an invitation that may be seen by who answers it, with campaign and employer; raises `DeadLink`."""
    rows = Invitation.objects.filter(
        pk=invitation_id,
        campaign__state__in=(CampaignState.RUNNING, CampaignState.PAUSED),
        organization__active=True,
    ).exclude(state=InvitationState.WITHDRAWN)
    found = rows.select_related("campaign", "organization__correspondent").first()
    if found is None:
        raise DeadLink
    return found


@transaction.atomic
def opened(invitation: Invitation) -> None:
    """Note that the form was shown to somebody."""
    Invitation.objects.filter(pk=invitation.pk, opened_at__isnull=True).update(opened_at=clock.now())
    Invitation.objects.filter(pk=invitation.pk, state__in=_UNOPENED).update(state=InvitationState.OPENED)


@transaction.atomic
def save_draft(invitation: Invitation, answer: Answer) -> Designation:
    """Keep what was typed, complete or not, in place of the former draft. Raises `NotAwaited`."""
    held = registering.hold(invitation)
    registering.check_awaited(held)
    draft = registering.draft_of(held)
    registering.write(draft, answer.clipped())
    opened(held)
    return draft


def draft(invitation: Invitation) -> Designation | None:
    """Return the draft under way, or None."""
    return invitation.designations.filter(state=DesignationState.DRAFT).first()


def prefilled(invitation: Invitation) -> Answer:
    """Return what the form shows first: the draft, or else the last answer, or else nothing."""
    last = draft(invitation) or invitation.designations.order_by("-created_at", "-pk").first()
    return registering.read(last) if last else Answer()


def answered(invitation: Invitation) -> Designation | None:
    """Return the answer that stands: waiting to be checked, or validated; None when there is none."""
    standing = (DesignationState.RECEIVED, DesignationState.VALIDATED)
    return invitation.designations.filter(state__in=standing).order_by("-received_at").first()


def receive(
    invitation: Invitation, answer: Answer, *, actor: Actor, letter_code: str = "", mail_code: str = ""
) -> Designation:
    """Receive an answer signed by one of the two codes; its receipt leaves for the official address.

    Raises `WrongAnswer`, `WrongCode`, `NotAwaited`.
    """
    clean = answer.cleaned()
    code, kind = (letter_code, codes.LETTER) if letter_code else (mail_code, codes.OFFICIAL)
    codes.take_try(invitation, kind)
    try:
        return _receive(invitation, clean, code, kind, actor=actor)
    except WrongCode:
        codes.tell_wrong(invitation, kind, actor=actor)
        raise


@transaction.atomic
def _receive(invitation: Invitation, answer: Answer, code: str, kind: str, *, actor: Actor) -> Designation:
    held = registering.hold(invitation)
    registering.check_awaited(held)
    proof = codes.redeem(held, answer, code, kind)
    former = registering.waiting_of(held)
    if former is not None:
        registering.replace(former)
    designation = registering.draft_of(held)
    designation.proof = proof
    registering.receive(designation, answer)
    if held.organization.authority_email:
        outbox.post(mails.receipt(designation, answer))
    signatory = f"{answer.signatory_name}, {answer.signatory_title}"
    record(
        Action.RECEIVED,
        actor=dataclasses.replace(actor, agent_id=None, label=signatory),
        about=registering.about(held),
        reference=held.reference,
        receipt=designation.receipt_number,
        proof=proof.value,
        replaced=former.receipt_number if former else "",
    )
    return designation
