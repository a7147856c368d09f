"""A volume that cannot be drawn, try after try: the letters that are to blame are found and set aside.

They wait, with the remedy, on the page of letters; asking for letters again tries them again.
"""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import F, Max

from convergences.audit.services import SYSTEM, record
from convergences.campaigns.actions import Action
from convergences.campaigns.models import Invitation, Mailing, Volume
from convergences.campaigns.services import registering

PROBLEM = "Ne peut pas être dessiné"
TRIES = 3  # a machine short of memory is not a letter's fault
MOST = 10  # beyond, the whole of a part that fails is set aside: the text of the campaign itself may be to blame


def is_enough(volume: Volume) -> bool:
    """Count one more try of which nothing came; say whether it is time to look for the letters to blame."""
    Volume.objects.filter(pk=volume.pk).update(tries=F("tries") + 1)
    volume.refresh_from_db(fields=["tries"])
    return volume.tries >= TRIES


def isolate(volume: Volume, asked: Sequence[Invitation], is_drawn: Callable[[Sequence[Invitation]], bool]) -> int:
    """Set the letters aside that cannot be drawn; the volume is drawn again without them. Return how many there are.

    When each half can be drawn and the whole cannot, no letter is to blame: the volume is cut in two.
    """
    found = _to_blame(asked, is_drawn)
    return _set_aside(volume, found) if found else _cut(volume, asked[len(asked) // 2 - 1])


def _to_blame(asked: Sequence[Invitation], is_drawn: Callable[[Sequence[Invitation]], bool]) -> list[Invitation]:
    """Find them by halves: nine steps for one letter among five hundred. `asked` cannot be drawn together."""
    found: list[Invitation] = []
    parts = [asked]
    while parts:
        part = parts.pop()
        if len(part) == 1 or len(found) >= MOST:
            found += part
            continue
        halves = (part[: len(part) // 2], part[len(part) // 2 :])
        failing = [half for half in halves if not is_drawn(half)]
        parts += failing
    return found


@transaction.atomic
def _set_aside(volume: Volume, found: Sequence[Invitation]) -> int:
    for each in found:
        held = registering.hold(each)
        held.letter_problem = PROBLEM
        held.save(update_fields=["letter_problem"])
        record(Action.LETTER_REFUSED, actor=SYSTEM, about=registering.about(held), reference=held.reference)
    Mailing.objects.filter(pk=volume.mailing_id).update(failed=F("failed") + len(found))
    Volume.objects.filter(pk=volume.pk).update(tries=0)
    return len(found)


@transaction.atomic
def _cut(volume: Volume, middle: Invitation) -> int:
    Mailing.objects.select_for_update().get(pk=volume.mailing_id)  # no other worker numbers a volume meanwhile
    number = (Volume.objects.filter(mailing=volume.mailing_id).aggregate(last=Max("number"))["last"] or 0) + 1
    Volume.objects.create(
        mailing=volume.mailing, number=number, first=middle.pk + 1, last=volume.last, maker=volume.maker
    )
    Volume.objects.filter(pk=volume.pk).update(last=middle.pk, tries=0)
    return 1
