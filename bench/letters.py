"""`python -m bench.letters`: the mailing by post of 350 and 50,000 employers: time, size, memory.

Each size has a database of its own; a worker's turns are run in a process that does nothing else. What is printed: the
seconds from the request to the last volume and those of the processor, the megabytes of PDF and of what is kept of it,
the greatest memory of the worker and that of the processes that draw a volume each. Each employer must then have a code
of its own, and those of the last volume must be right.
"""

import os
import resource
import time
from collections.abc import Iterator
from typing import Any

import django

from bench.apart import sizes

SIZES = (350, 50_000)
MEGA = 1_000_000
Figures = dict[str, float]
COLUMNS = ("volumes", "seconds", "CPU s", "letters/s", "PDF MB", "kept MB", "worker MB", "volume MB")


def main(arguments: list[str] | None = None) -> None:
    """Measure and print, or measure one database for the process that asks."""
    database, found = sizes("bench.letters", "letters", SIZES, _measured, arguments)
    print(database)
    for line in table(found):
        print(line)


def table(figures: dict[int, Figures]) -> Iterator[str]:
    """Yield the lines of the answer, one for each size."""
    yield f"{'letters':>8}" + "".join(f"{column:>11}" for column in COLUMNS)
    for size, found in figures.items():
        yield f"{size:8,}" + "".join(f"{found[column]:11.1f}" for column in COLUMNS)


def _measured(size: int) -> Figures:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    campaign, actor = _asked(size)

    from convergences.campaigns.models import LetterScope
    from convergences.campaigns.services import posting, printing

    start, before = time.perf_counter(), sum(os.times()[:4])
    mailing = posting.ask(campaign, LetterScope.FIRST, actor=actor)
    while printing.drain():
        pass
    seconds, used = time.perf_counter() - start, sum(os.times()[:4]) - before
    worker, volume = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    memory = {"worker MB": worker * 1024 / MEGA, "volume MB": volume * 1024 / MEGA}
    return {"seconds": seconds, "CPU s": used, "letters/s": size / seconds, **memory, **_kept(mailing, size)}


def _asked(size: int) -> tuple[Any, Any]:
    """Write employers and a running campaign that asks them; return it, and who acts."""
    from bench.campaign_filling import _organizations, _written
    from convergences.campaigns.models import Campaign, Invitation
    from convergences.campaigns.references import new_reference
    from convergences.foundations import clock
    from convergences.pages.campaigns.suggested import LETTER
    from tests.campaigns.doing import acting, details
    from tests.cast import build_cast

    cast, given = build_cast(), details(letter_text=LETTER)
    texts = {name: getattr(given, name) for name in ("name", "deadline", "mail_subject", "mail_text", "letter_text")}
    now = clock.now()
    campaign = Campaign.objects.create(**texts, state="running", created_at=now, launched_at=now)
    campaign.applications.set([cast.bip, cast.cotisations])
    employers = _written(_organizations(size, cast.julien.agent))
    for each in employers:
        each.authority_address = f"{each.pk} place de la République, 93000 Saint-Aubin-sur-Seine"
    type(employers[0]).objects.bulk_update(employers, ["authority_address"], batch_size=500)
    _written(Invitation(campaign=campaign, organization=each, reference=new_reference()) for each in employers)
    return campaign, acting(cast.julien)


def _kept(mailing: Any, size: int) -> Figures:
    """Return what is on the disk; raises unless each employer has one letter, with a code of its own that is right."""
    from django.core.files.storage import default_storage

    from convergences.campaigns import vault
    from convergences.campaigns.models import Invitation
    from convergences.campaigns.services import codes
    from tests.campaigns.post import codes_in

    volumes = list(mailing.volumes.order_by("number"))
    found = codes_in(vault.read(str(volumes[-1].file)))
    for invitation in Invitation.objects.filter(reference__in=list(found)):
        codes.check_letter(invitation, found[invitation.reference])
    digests = Invitation.objects.exclude(letter_code_digest="").values_list("letter_code_digest").distinct().count()
    if digests != size or sum(volume.letters for volume in volumes) != size:
        raise RuntimeError(f"{digests} codes for {size} employers")
    kept = sum(default_storage.size(str(volume.file)) for volume in volumes)
    return {"volumes": len(volumes), "PDF MB": sum(each.size for each in volumes) / MEGA, "kept MB": kept / MEGA}


if __name__ == "__main__":
    main()
