"""Run beside a demo: launch a campaign in it, once, and print a new letter of one employer: reference and code.

python -m tests.browser.launching DATA PORTAL EMPLOYER
"""

import datetime as dt
import os
import sys
import time
from pathlib import Path

import django

from convergences.cli.demo_data.folder import Folder

NAME = "Désignation"  # beside the demo's own


def _launch(employer: str) -> str:
    from convergences.audit.services import SYSTEM
    from convergences.campaigns.details import CampaignDetails, Filters
    from convergences.campaigns.models import Campaign
    from convergences.campaigns.services import preparing
    from convergences.foundations import clock

    details = CampaignDetails(
        name=NAME,
        deadline=clock.today() + dt.timedelta(days=60),
        mail_subject="Désignez vos référents administrateurs",
        mail_text="Le centre ouvre un portail.",
        letter_text="De même.",
        filters=Filters(departments=("92",), kinds=("commune",)),
    )
    if not Campaign.objects.filter(name=details.name).exists():
        preparing.launch(preparing.create(details, actor=SYSTEM), actor=SYSTEM)
    return _letter(employer)


def _letter(employer: str) -> str:
    from django.db import transaction

    from convergences.campaigns.models import Invitation
    from convergences.campaigns.services import codes

    for _ in range(120):
        found = Invitation.objects.filter(
            campaign__name=NAME, organization__key=employer, mailed_at__isnull=False
        ).first()
        if found is not None:
            with transaction.atomic():
                return f"{found.reference} {codes.issue_letter_code(found)}"
        time.sleep(0.25)
    raise SystemExit("the worker has mailed nobody")


if __name__ == "__main__":
    os.environ.update(Folder(Path(sys.argv[1])).environment(sys.argv[2]))
    django.setup()
    print(_launch(sys.argv[3]))  # noqa: T201
