"""The mailing by post, for correspondants: letters are asked for, taken, then said to be posted. The worker makes them.

Only paper holds a code. Making a letter again gives it another code and ends the former one's, so that is always said
yes to; files are kept sealed, a few days, and each download is journaled (decision 27).
"""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from cryptography.fernet import InvalidToken
from django.db import transaction

from convergences.audit.services import Actor, record
from convergences.campaigns import addressing, letters, post, vault
from convergences.campaigns.actions import Action
from convergences.campaigns.employers import UNANSWERED
from convergences.campaigns.errors import LettersAgain, NotAwaited, WrongState
from convergences.campaigns.models import (
    Campaign,
    CampaignState,
    Invitation,
    InvitationState,
    LetterScope,
    Mailing,
    MailingKind,
    Volume,
)
from convergences.campaigns.services import codes, registering
from convergences.campaigns.services.holding import hold
from convergences.directory.models import Role
from convergences.directory.services import guards
from convergences.foundations import clock

_UNREADABLE = "Ce fichier ne peut plus être lu : préparez de nouveau ces courriers."


@dataclass(frozen=True, slots=True)
class Released:
    """A volume that may leave; `read` gives its PDF, so that an archive of many holds one at a time."""

    number: int
    read: Callable[[], bytes]


@transaction.atomic
def ask(
    campaign: Campaign, scope: LetterScope, *, actor: Actor, only: Collection[int] = (), renew: bool = False
) -> Mailing:
    """Have letters made for those who have not answered, all of a scope or those chosen among them (`only`).

    Raises `LettersAgain` unless `renew` says that former letters may serve no more; `WrongState` when the campaign is
    not running, letters are being made already, or nobody is concerned; `ForTheCentre`.
    """
    held = _hold_running(campaign, actor)
    if held.mailings.filter(kind=MailingKind.LETTERS, finished_at__isnull=True).exists():
        raise WrongState("Des courriers sont déjà en préparation pour cette campagne : attendez qu'ils soient prêts.")
    if held.mailings.filter(kind=MailingKind.LAUNCH, enrolled_at__isnull=True).exists():
        raise WrongState("Les employeurs de la campagne sont en cours d'inscription : réessayez dans une minute.")
    total, again = post.reach(held, only).of(scope)
    if not total:
        raise WrongState("Aucun courrier à préparer : ces employeurs ont répondu, ou n'ont pas d'adresse postale.")
    if again and not renew:
        raise LettersAgain(again)
    record(Action.LETTERS_ASKED, actor=actor, campaign=held.name, letters=total, again=again)
    post.awaiting(held, only).exclude(letter_problem="").update(letter_problem="")  # their sheet may be mended
    return Mailing.objects.create(
        campaign=held,
        kind=MailingKind.LETTERS,
        scope=scope,
        only=sorted(only),
        day=clock.today(),
        total=total,
        created_at=clock.now(),
        created_by=actor.label[:200],
    )


@transaction.atomic
def print_one(invitation: Invitation, seen: dt.datetime | None, *, actor: Actor) -> bytes:
    """Return a new letter for one employer, kept nowhere: its code ends that of the former letter.

    `seen`: when the former letter was made, as who asks saw it; raises `WrongState` when there is another since, or
    when the campaign is not running, `NotAwaited` when no answer is awaited, `ForTheCentre`.
    """
    campaign = _hold_running(invitation.campaign, actor)
    held = registering.hold(invitation)
    registering.check_awaited(held)
    if held.state not in UNANSWERED:
        raise NotAwaited("Cet employeur a répondu : aucun courrier n'est à refaire.")
    if not held.organization.authority_address:
        raise WrongState("Cet employeur n'a pas d'adresse postale : complétez d'abord sa fiche.")
    if held.letter_made_at != seen:
        raise WrongState(
            "Un courrier vient d'être préparé pour cet employeur. S'il ne vous est pas parvenu, préparez-en un autre."
        )
    sheet = addressing.sheet(held, codes.issue_letter_code(held, actor.agent_id), addressing.applications_of(campaign))
    record(Action.LETTER_PRINTED, actor=actor, about=registering.about(held), reference=held.reference)
    Invitation.objects.filter(pk=held.pk).update(letter_problem="")
    try:
        return letters.write([sheet], addressing.sender(), day=clock.today(), title=f"Courrier {held.reference}")
    except letters.Undrawable:
        raise WrongState(post.UNDRAWABLE) from None


@transaction.atomic
def release(mailing: Mailing, number: int | None = None, *, actor: Actor) -> list[Released]:
    """Let a volume leave, or all of them, and journal it; none when there is no such file.

    Raises `WrongState` when the campaign is not running, or when files cannot be read any more; `ForTheCentre`.
    """
    _hold_running(mailing.campaign, actor)
    found = mailing.volumes.exclude(file="").order_by("number")
    volumes = list(found if number is None else found.filter(number=number))
    if not volumes:
        return []
    try:
        vault.read(str(volumes[0].file))
    except (InvalidToken, FileNotFoundError):
        raise WrongState(_UNREADABLE) from None
    first, last = volumes[0].number, volumes[-1].number
    found.filter(number__range=(first, last), downloaded_at__isnull=True).update(downloaded_at=clock.now())
    record(
        Action.LETTERS_DOWNLOADED,
        actor=actor,
        campaign=mailing.campaign.name,
        volumes=str(first) if first == last else f"{first} à {last}",
        letters=sum(volume.letters for volume in volumes),
    )
    return [Released(volume.number, partial(vault.read, str(volume.file))) for volume in volumes]


@transaction.atomic
def posted(mailing: Mailing, *, actor: Actor) -> Mailing:
    """Say that the letters are in the post: their files go, and who had no e-mail address has been written to.

    Raises `WrongState` when letters are still being made or were never taken, `ForTheCentre`.
    """
    guards.check_centre(actor, Role.CORRESPONDENT)
    held = Mailing.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=mailing.pk)
    made = held.volumes.filter(made_at__isnull=False)
    if held.finished_at is None or not made or held.posted_at is not None:
        raise WrongState("Ces courriers ne sont pas prêts, ou ont déjà été postés.")
    missed = made.filter(downloaded_at__isnull=True).first()
    if missed:
        raise WrongState(f"Le volume {missed.number} n'a jamais été téléchargé : ses courriers ne sont pas postés.")
    held.posted_at = clock.now()
    held.save(update_fields=["posted_at"])
    waiting = Invitation.objects.filter(campaign=held.campaign_id, state=InvitationState.WAITING)
    waiting = waiting.exclude(mail_problem="")  # the others are still to be mailed
    waiting.filter(letter_made_at__in=made.values("made_at")).update(state=InvitationState.SENT)
    record(Action.LETTERS_POSTED, actor=actor, campaign=held.campaign.name, letters=held.done)
    for volume in made.exclude(file=""):
        discard(volume)
    return held


def discard(volume: Volume) -> None:
    """Remove the file of a volume, in the current transaction; one that nobody took leaves no code behind it."""
    if volume.downloaded_at is None:
        post.letters_of(volume).update(letter_code_digest="", letter_made_at=None, code_tries=0)
    transaction.on_commit(partial(vault.remove, str(volume.file)))
    volume.file, volume.deleted_at = "", clock.now()
    volume.save(update_fields=["file", "deleted_at"])


def _hold_running(campaign: Campaign, actor: Actor) -> Campaign:
    held = hold(campaign, actor)
    if held.state != CampaignState.RUNNING:
        raise WrongState("La campagne n'est pas en cours : aucun courrier ne part.")
    if held.deadline < clock.today():
        raise WrongState("La date limite est passée : reportez-la dans le calendrier avant de préparer des courriers.")
    return held
