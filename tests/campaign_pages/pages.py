"""What these tests do again and again: a correspondant's browser, an address, a form, many employers asked."""

import datetime as dt
from typing import Any

from django.test import Client

from convergences.audit.models import AuditEvent
from convergences.campaigns.models import Campaign, Designation, Invitation, Link, Mailing
from convergences.campaigns.services import preparing
from convergences.directory.models import Organization
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from tests.campaigns.doing import acting, details, running
from tests.cast import Cast, signed_in
from tests.employers.pages import towns

LIST = "/espace-cig/designations"


def julien(cast: Cast) -> Client:
    """Return a browser in which the correspondant is signed in, by two factors."""
    return signed_in(cast.julien.agent, second_factor=True)


def sheet(campaign: Campaign, act: str = "") -> str:
    """Return an address about a campaign."""
    return f"{LIST}/{campaign.uid}" + (f"/{act}" if act else "")


def posted(**changes: Any) -> dict[str, Any]:
    """Return the form of a campaign with some fields changed."""
    today = clock.today()
    base = {
        "name": "Désignation 2027",
        "deadline": (today + dt.timedelta(days=60)).isoformat(),
        "reminder_1": (today + dt.timedelta(days=20)).isoformat(),
        "departments": ["93"],
        "applications": ["bip"],
        "mail_subject": "Désignez vos référents",
        "mail_text": "Le centre ouvre un portail.",
        "letter_text": "Le centre ouvre un portail.\n\nRépondez.",
    }
    return {**base, **changes}


def prepared(cast: Cast, **fields: Any) -> Campaign:
    """Prepare a campaign."""
    return preparing.create(details(**fields), actor=acting(cast.julien))


def asking(cast: Cast, number: int) -> Campaign:
    """Return a running campaign that asks this many towns more than the cast's."""
    towns(0, number, authority_email="maire@saint-elie.example", correspondent=cast.julien.agent)
    return running(cast)


def state() -> list[Any]:
    """Return all that pages of campaigns may write."""
    kept: list[Any] = [list(Campaign.objects.order_by("pk").values()), list(Invitation.objects.order_by("pk").values())]
    counted = (Mailing, Designation, Link, AuditEvent, OutboxMessage, Organization)
    return [*kept, *(each.objects.count() for each in counted)]
