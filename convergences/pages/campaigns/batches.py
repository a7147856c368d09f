"""What the page of letters shows: who may be written to, each mailing by post and its volumes."""

from dataclasses import dataclass
from typing import Any

from convergences.campaigns import post
from convergences.campaigns.models import Campaign, Mailing, Volume
from convergences.campaigns.services.printing import FILES_KEPT
from convergences.foundations import clock

UNDER_WAY = ("info", "En préparation", "hourglass")
STOPPED = ("warn", "Arrêtés", "player-pause")
READY = ("warn", "À poster", "printer")
POSTED = ("ok", "Postés", "circle-check")
GONE = ("bad", "Fichiers supprimés", "clock-exclamation")


@dataclass(frozen=True, slots=True)
class Batch:
    """A mailing by post: `missing` letters were not made, for employers that answered or closed meanwhile."""

    mailing: Mailing
    volumes: list[Volume]
    chip: tuple[str, str, str]

    @property
    def files(self) -> list[Volume]:
        """The volumes whose file is still there."""
        return [volume for volume in self.volumes if volume.file]

    @property
    def size(self) -> int:
        """The bytes of all the files still there."""
        return sum(volume.size for volume in self.files)

    @property
    def missing(self) -> int:
        """How many letters were asked for and are not to be made any more."""
        return self.mailing.total - self.mailing.done - self.mailing.failed if self.mailing.finished_at else 0

    @property
    def kept_until(self) -> Any:
        """When the first file goes."""
        first = min((volume.made_at for volume in self.files if volume.made_at), default=None)
        return first + FILES_KEPT if first else None


def batches(campaign: Campaign) -> list[Batch]:
    """Return the mailings by post of a campaign, latest first; two queries, whatever their number."""
    return [_batch(campaign, mailing) for mailing in post.mailings(campaign)]


def about(campaign: Campaign) -> dict[str, Any]:
    """Return what the list of mailings reads; `asking`: whether the page asks again how far they are."""
    found, running = batches(campaign), campaign.state == "running"
    return {
        "batches": found,
        "running": running,
        "late": campaign.deadline < clock.today(),
        "asking": running and any(batch.mailing.finished_at is None for batch in found),
    }


def _batch(campaign: Campaign, mailing: Mailing) -> Batch:
    volumes = list(mailing.volumes.all())
    if mailing.finished_at is None:
        return Batch(mailing, volumes, UNDER_WAY if campaign.state == "running" else STOPPED)
    if mailing.posted_at:
        return Batch(mailing, volumes, POSTED)
    return Batch(mailing, volumes, READY if any(volume.file for volume in volumes) else GONE)
