"""Answers that came on paper, keyed in by a correspondant with their scan.

A scan is kept apart as soon as it is verified: what is wrong in the names does not cost the file. It belongs to who
sent it, for one employer and for a day (`forget_kept`); it becomes the answer's when the answer is received. Files are
sealed: a folder or a backup in the wrong hands shows no signature.
"""

import datetime as dt
import uuid
from typing import BinaryIO, TypedDict, Unpack

from cryptography.fernet import InvalidToken
from django.core.files.base import ContentFile
from django.db import transaction

from convergences.audit.services import Actor, record
from convergences.campaigns import mails, scans
from convergences.campaigns.actions import Action
from convergences.campaigns.answers import Answer
from convergences.campaigns.errors import AlreadyDecided, AnswerWaiting, BadScan, NotAwaited, WrongAnswer
from convergences.campaigns.models import (
    CampaignState,
    Channel,
    Designation,
    DesignationState,
    Invitation,
    InvitationState,
    KeptScan,
    Proof,
)
from convergences.campaigns.references import typed
from convergences.campaigns.services import eyes, registering
from convergences.directory.errors import ForTheCentre
from convergences.directory.models import Agent, Role
from convergences.directory.services import guards
from convergences.foundations import clock, outbox
from convergences.foundations.sealing import seal_bytes, unseal_bytes

EARLIEST = dt.timedelta(days=366)
KEPT_FOR = dt.timedelta(days=1)
LONGEST_NAME = 100
_USE = "campaigns/scans"


class Keying(TypedDict, total=False):
    """What may be said of a paper answer beyond its words: the day of its signature, the typing that it corrects."""

    signed_on: dt.date | None
    instead: Designation | None


def find(reference: str) -> Invitation | None:
    """Return the employer's line that the reference of a letter names, however it was typed; None when none has it."""
    short = typed(reference)
    rows = Invitation.objects.select_related("campaign", "organization__correspondent")
    return rows.filter(reference=f"{short[:4]}-{short[4:]}").first()


def keep_scan(invitation: Invitation, scan: BinaryIO, *, actor: Actor, name: str = "") -> KeptScan:
    """Verify a scan and keep it for who sends it, in place of the one that they sent before for this employer.

    Raises `BadScan`, `ForTheCentre`; then what was kept stays.
    """
    keeper = _keeper(actor)
    verified = scans.verified(scan, 0)
    return _keep(KeptScan(invitation=invitation, keeper=keeper, name=name[:LONGEST_NAME]), verified)


def take_up(designation: Designation, *, actor: Actor) -> KeptScan:
    """Keep again the scan of a paper answer that waits, for who corrects what was typed of it.

    Raises `AlreadyDecided`, `OwnDesignation`, `ForTheCentre`, `FileNotFoundError`.
    """
    keeper, invitation = _keeper(actor), designation.invitation
    eyes.check_disinterested(designation.named.all(), invitation.organization_id, actor)
    if designation.state != DesignationState.RECEIVED or designation.channel != Channel.PAPER:
        raise AlreadyDecided("Cette saisie n'est plus à corriger : regardez où elle en est.")
    extension = str(designation.scan.name).rpartition(".")[2]
    again = scans.Scan(read_scan(designation, actor=actor), extension)
    return _keep(
        KeptScan(invitation=invitation, keeper=keeper, name=f"{designation.receipt_number}.{extension}"), again
    )


def _keep(kept: KeptScan, scan: scans.Scan) -> KeptScan:
    kept.created_at = clock.now()
    kept.file.save(f"{uuid.uuid4()}.{scan.extension}", ContentFile(seal_bytes(scan.content, use=_USE)), save=False)
    try:
        with transaction.atomic():
            kept.save()
    except BaseException:
        kept.file.storage.delete(str(kept.file.name))  # a file that no row names is never deleted
        raise
    # Only older ones: two sent at once must not throw each other away.
    for former in KeptScan.objects.filter(invitation=kept.invitation, keeper=kept.keeper, pk__lt=kept.pk):
        forget(former)
    return kept


def kept_for(invitation: Invitation, *, actor: Actor) -> KeptScan | None:
    """Return the scan that this correspondant keeps for this employer, or None."""
    return KeptScan.objects.filter(invitation=invitation, keeper=_keeper(actor)).first()


def kept_scan(invitation: Invitation, uid: str, *, actor: Actor) -> KeptScan | None:
    """Return the scan that this correspondant keeps for this employer under this identifier, or None."""
    try:
        known = uuid.UUID(uid)
    except ValueError:
        return None
    return KeptScan.objects.filter(uid=known, invitation=invitation, keeper=_keeper(actor)).first()


def forget(kept: KeptScan) -> bool:
    """Throw a kept scan away, unless an answer has just taken it; say if it was. In no transaction: the row first."""
    deleted, _ = KeptScan.objects.filter(pk=kept.pk).delete()
    if deleted:
        kept.file.storage.delete(str(kept.file.name))
    return bool(deleted)


def forget_kept() -> int:
    """Throw away the scans that wait since yesterday for an answer; return how many."""
    old = KeptScan.objects.filter(created_at__lt=clock.now() - KEPT_FOR)
    return sum(forget(kept) for kept in old)


def key_in(
    invitation: Invitation,
    answer: Answer,
    scan: BinaryIO | KeptScan,
    *,
    actor: Actor,
    **more: Unpack[Keying],
) -> Designation:
    """Key in an answer signed on paper, with its scan; it waits to be decided like those given online.

    The signature's day is `signed_on`, or today; `instead` is a paper answer whose typing this one corrects. Raises
    `AnswerWaiting` when another answer waits: which of two signatures is the last word, a person decides. `BadScan`,
    `WrongAnswer`, `NotAwaited`, `AlreadyDecided`, `OwnDesignation`, `ForTheCentre`.
    """
    keeper = _keeper(actor)
    clean = answer.cleaned()
    day = checked_day(more.get("signed_on") or clock.today())
    eyes.check_disinterested(clean.people, invitation.organization_id, actor)
    kept = scan if isinstance(scan, KeptScan) else keep_scan(invitation, scan, actor=actor)
    designation = Designation(
        invitation=invitation,
        channel=Channel.PAPER,
        proof=Proof.SCAN,
        signed_on=day,
        keyed_by=actor.label[:200],
        keyed_by_agent=keeper,
    )
    designation.scan.name = kept.file.name
    try:
        return _receive(designation, clean, kept, actor=actor, instead=more.get("instead"))
    except BaseException:
        if kept is not scan:
            forget(kept)
        raise


def checked_day(day: dt.date) -> dt.date:
    """Return the day of a signature; raises `WrongAnswer` for one to come, or too old."""
    if not clock.today() - EARLIEST <= day <= clock.today():
        raise WrongAnswer(
            "Vérifiez la date de signature : elle ne peut être à venir, ni dater de plus d'un an.", field="signed_on"
        )
    return day


@transaction.atomic
def _receive(
    designation: Designation, answer: Answer, kept: KeptScan, *, actor: Actor, instead: Designation | None
) -> Designation:
    held = registering.hold(designation.invitation)
    check_may_be_keyed_in(held, instead)
    taken, _ = KeptScan.objects.filter(pk=kept.pk).delete()
    if not taken:
        raise BadScan("Cette numérisation n'est plus gardée : choisissez-la de nouveau.")
    if instead is not None:
        registering.replace(instead)
    designation.invitation, designation.created_at = held, clock.now()
    registering.receive(designation, answer)
    if held.organization.authority_email:
        outbox.post(mails.receipt(designation, answer))
    record(
        Action.KEYED_IN,
        actor=actor,
        about=registering.about(held),
        reference=held.reference,
        receipt=designation.receipt_number,
        replaced=instead.receipt_number if instead else "",
    )
    return designation


def check_may_be_keyed_in(invitation: Invitation, instead: Designation | None = None) -> None:
    """Raise `NotAwaited` or `AnswerWaiting` when no answer of this employer may be keyed in, or none `instead`.

    Paper travels slowly: an answer is still keyed in once its campaign is closed, not before it is launched.
    """
    if invitation.state == InvitationState.VALIDATED:
        raise NotAwaited("La désignation de cet employeur est déjà validée.")
    unasked = invitation.state == InvitationState.WITHDRAWN or invitation.campaign.state == CampaignState.DRAFT
    if unasked or not invitation.organization.active:
        raise NotAwaited("Cet employeur n'est pas, ou plus, de cette campagne.")
    waiting = registering.waiting_of(invitation)
    if waiting is not None and not (instead is not None and waiting.pk == instead.pk):
        raise AnswerWaiting
    if waiting is None and instead is not None:
        raise AlreadyDecided("La réponse que vous corrigez n'attend plus : regardez où elle en est.")


def read_scan(owner: Designation | KeptScan, *, actor: Actor) -> bytes:
    """Return the scan of an answer, or one that waits, for correspondants alone.

    Raises `ForTheCentre`, and `FileNotFoundError` when it is lost or was altered.
    """
    guards.check_centre(actor, Role.CORRESPONDENT)
    file = owner.scan if isinstance(owner, Designation) else owner.file
    if not file:
        raise FileNotFoundError(owner.uid)
    with file.open("rb") as opened:
        try:
            return unseal_bytes(opened.read(), use=_USE)
        except InvalidToken:
            raise FileNotFoundError(owner.uid) from None


def _keeper(actor: Actor) -> Agent:
    """Return the correspondant who acts: nobody keys in for nobody (decision 26). Raises `ForTheCentre`."""
    guards.check_centre(actor, Role.CORRESPONDENT)
    agent = guards.acting_agent(actor)
    if agent is None:
        raise ForTheCentre
    return agent
