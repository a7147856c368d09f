"""Making the letters that were asked for: drained by the worker, a volume at a time.

A volume is drawn first, without holding anything; its codes then take effect in one transaction with its file. A worker
killed at any instant has made a volume wholly or not at all: no letter is missing, none is in two files, and the codes
of a drawing that was lost open nothing. When an employer answered or closed meanwhile, the volume is drawn again. A
letter that cannot be drawn is set aside (`refusing`), and the others are made.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import partial

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from convergences.audit.services import SYSTEM, record
from convergences.campaigns import addressing, letters, post, vault
from convergences.campaigns.actions import Action
from convergences.campaigns.models import Campaign, CampaignState, Invitation, Mailing, MailingKind, Volume
from convergences.campaigns.references import new_code
from convergences.campaigns.services import codes, posting, refusing
from convergences.foundations import clock, heartbeats

FILES_KEPT = dt.timedelta(days=7)
ORPHANS_KEPT = dt.timedelta(days=1)
FORGOTTEN_AT_ONCE = 100


def drain() -> int:
    """Make the next volume of the oldest mailing by post; return how many letters it holds. For the worker."""
    under_way = Mailing.objects.filter(
        kind=MailingKind.LETTERS, finished_at__isnull=True, campaign__state=CampaignState.RUNNING
    )
    mailing = under_way.order_by("created_at", "pk").first()
    volume = _claim(mailing) if mailing else None
    return _make(volume) if volume else 0


def forget() -> int:
    """Remove files a week after they were made, and those of closed campaigns; return how many. For the worker."""
    kept_since, names = clock.now() - FILES_KEPT, set[str]()
    old = Volume.objects.exclude(file="").filter(
        Q(made_at__lt=kept_since) | Q(mailing__campaign__state=CampaignState.CLOSED)
    )
    for volume in old.select_related("mailing__campaign").order_by("made_at")[:FORGOTTEN_AT_ONCE]:
        names.add(str(volume.file))
        _forget(volume)
    return len(names) + _sweep(names)


@transaction.atomic
def _claim(mailing: Mailing) -> Volume | None:
    """Return a volume that this worker makes: one left by a worker that died, or the next; None when there is none."""
    held = Mailing.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=mailing.pk)
    unmade, mine = held.volumes.filter(made_at__isnull=True), heartbeats.worker_name()
    others = {beat.worker for beat in heartbeats.living()} - {mine}
    left = unmade.exclude(maker__in=others).first()
    if left is not None:
        left.maker = mine
        left.save(update_fields=["maker"])
        return left
    ahead = post.pending(held).filter(pk__gt=held.cursor).order_by("pk").values_list("pk", flat=True)
    found = list(ahead[: letters.VOLUME])
    if found:
        held.cursor = found[-1]
        held.save(update_fields=["cursor"])
        number = (held.volumes.aggregate(last=Max("number"))["last"] or 0) + 1
        return Volume.objects.create(mailing=held, number=number, first=found[0], last=found[-1], maker=mine)
    if not unmade.exists():
        held.finished_at = clock.now()
        held.save(update_fields=["finished_at"])
    return None


def _make(volume: Volume) -> int:
    campaign = volume.mailing.campaign
    asked = list(_pending_in(volume).select_related("organization__correspondent"))
    if not asked:
        volume.delete()
        return 1
    drawn = {each: new_code() for each in asked}
    for invitation in asked:
        invitation.campaign = campaign
    try:
        content = _drawn(volume, drawn)
    except letters.Undrawable:
        if not refusing.is_enough(volume):
            raise
        return refusing.isolate(volume, asked, partial(_is_drawn, volume))
    volume.file, volume.size, kept = vault.keep(content), len(content), False
    try:
        kept = _take_effect(volume, drawn)
    finally:
        if not kept:
            vault.remove(str(volume.file))
    return len(drawn)


def _drawn(volume: Volume, codes_of: dict[Invitation, str]) -> bytes:
    campaign = volume.mailing.campaign
    return letters.write_apart(
        addressing.sheets(codes_of.items(), addressing.applications_of(campaign)),
        addressing.sender(),
        day=clock.today(),
        title=f"{campaign.name}, courriers, volume {volume.number}",
    )


def _is_drawn(volume: Volume, asked: Sequence[Invitation]) -> bool:
    """Try to draw some of the letters of a volume, with codes that nobody keeps."""
    try:
        return bool(_drawn(volume, {each: new_code() for each in asked}))
    except letters.Undrawable:
        return False


@transaction.atomic
def _take_effect(volume: Volume, drawn: dict[Invitation, str]) -> bool:
    """Write the codes and the file, or nothing when what was drawn is no longer what should be."""
    campaign = Campaign.objects.select_for_update().get(pk=volume.mailing.campaign_id)
    held = Volume.objects.select_for_update(of=("self",)).filter(pk=volume.pk, maker=volume.maker, made_at=None).first()
    mailing = Mailing.objects.get(pk=volume.mailing_id)
    if held is None or mailing.finished_at is not None or campaign.state != CampaignState.RUNNING:
        return False
    if campaign.deadline != volume.mailing.campaign.deadline:
        return False  # letters would name a day that was moved while they were drawn
    if _marks(_pending_in(volume).select_for_update(of=("self",))) != _marks(drawn):
        return False
    volume.made_at, volume.letters = clock.now(), len(drawn)
    codes.keep_letter_codes(drawn, volume.made_at)
    volume.save(update_fields=["file", "size", "made_at", "letters"])
    Mailing.objects.filter(pk=mailing.pk).update(done=F("done") + volume.letters)
    record(
        Action.LETTERS_MADE, actor=SYSTEM, campaign=campaign.name, volumes=str(volume.number), letters=volume.letters
    )
    return True


def _pending_in(volume: Volume) -> QuerySet[Invitation]:
    return post.pending(volume.mailing).filter(pk__range=(volume.first, volume.last)).order_by("pk")


def _marks(invitations: Iterable[Invitation]) -> list[tuple[int, str, dt.datetime | None]]:
    return [(each.pk, each.state, each.letter_made_at) for each in invitations]


@transaction.atomic
def _forget(volume: Volume) -> None:
    held = Volume.objects.select_for_update(of=("self",)).select_related("mailing__campaign").get(pk=volume.pk)
    if held.file:
        record(
            Action.LETTERS_DELETED, actor=SYSTEM, campaign=held.mailing.campaign.name, volumes=str(held.number),
            letters=held.letters,
        )  # fmt: skip
        posting.discard(held)


def _sweep(gone: set[str]) -> int:
    """Remove the files that a worker killed between two steps wrote for nothing: no letter holds a code of theirs."""
    named = gone | set(Volume.objects.exclude(file="").values_list("file", flat=True))
    lost = [name for name in vault.names() if name not in named and vault.age(name) > ORPHANS_KEPT]
    for name in lost:
        vault.remove(name)
    return len(lost)
