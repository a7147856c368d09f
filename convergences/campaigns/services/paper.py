"""Answers that came on paper, keyed in by a correspondant with their scan."""

import datetime as dt
import uuid
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.db import transaction

from convergences.audit.services import Actor, record
from convergences.campaigns import mails, scans
from convergences.campaigns.actions import Action
from convergences.campaigns.answers import Answer
from convergences.campaigns.errors import AnswerWaiting, NotAwaited, WrongAnswer
from convergences.campaigns.models import CampaignState, Channel, Designation, Invitation, InvitationState, Proof
from convergences.campaigns.services import registering
from convergences.directory.models import Role
from convergences.directory.services import guards
from convergences.foundations import clock, outbox

EARLIEST = dt.timedelta(days=366)


def key_in(
    invitation: Invitation, answer: Answer, scan: BinaryIO, *, actor: Actor, signed_on: dt.date | None = None
) -> Designation:
    """Key in an answer signed on paper, with its scan; it waits to be decided like those given online.

    The signature's day is `signed_on`, or today. Raises `AnswerWaiting` when another answer waits: which of two
    signatures is the last word, a person decides. `BadScan`, `WrongAnswer`, `NotAwaited`, `ForTheCentre`.
    """
    guards.check_centre(actor, Role.CORRESPONDENT)
    clean = answer.cleaned()
    day = signed_on or clock.today()
    if not clock.today() - EARLIEST <= day <= clock.today():
        raise WrongAnswer(
            "Vérifiez la date de signature : elle ne peut être à venir, ni trop ancienne.", field="signed_on"
        )
    kept = scans.verified(scan, 0)
    designation = Designation(invitation=invitation, channel=Channel.PAPER, proof=Proof.SCAN, signed_on=day)
    designation.scan.save(f"{uuid.uuid4()}.{kept.extension}", ContentFile(kept.content), save=False)
    try:
        return _keep(designation, clean, actor=actor)
    except BaseException:
        designation.scan.storage.delete(str(designation.scan.name))  # a file that no row names is never deleted
        raise


@transaction.atomic
def _keep(designation: Designation, answer: Answer, *, actor: Actor) -> Designation:
    held = registering.hold(designation.invitation)
    _check_may_be_keyed_in(held)
    designation.invitation, designation.created_at, designation.keyed_by = held, clock.now(), actor.label[:200]
    registering.receive(designation, answer)
    if held.organization.authority_email:
        outbox.post(mails.receipt(designation, answer))
    record(
        Action.KEYED_IN,
        actor=actor,
        about=registering.about(held),
        reference=held.reference,
        receipt=designation.receipt_number,
    )
    return designation


def _check_may_be_keyed_in(held: Invitation) -> None:
    """Paper travels slowly: an answer is still keyed in once its campaign is closed, not before it is launched."""
    if held.state == InvitationState.VALIDATED:
        raise NotAwaited("La désignation de cet employeur est déjà validée.")
    unasked = held.state == InvitationState.WITHDRAWN or held.campaign.state == CampaignState.DRAFT
    if unasked or not held.organization.active:
        raise NotAwaited("Cet employeur n'est pas, ou plus, de cette campagne.")
    if registering.waiting_of(held) is not None:
        raise AnswerWaiting


def read_scan(designation: Designation, *, actor: Actor) -> bytes:
    """Return the scan of an answer, for correspondants alone; raises `ForTheCentre`, `FileNotFoundError`."""
    guards.check_centre(actor, Role.CORRESPONDENT)
    if not designation.scan:
        raise FileNotFoundError(designation.uid)
    with designation.scan.open("rb") as file:
        content: bytes = file.read()
    return content
