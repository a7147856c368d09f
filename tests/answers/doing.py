"""What these tests do again and again: a second correspondant, an answer waiting, a scan, a form keyed in."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from convergences.audit.models import AuditEvent
from convergences.campaigns.models import Designation, Invitation, KeptScan, Link, Mandate
from convergences.directory.models import Agent, Membership, Role, StaffRole
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from convergences.foundations.text import french
from tests.campaigns.answering import ANNE, PAUL
from tests.cast import Cast, member, signed_in

QUEUE = "/espace-cig/reponses-a-verifier"
PAPER = "/espace-cig/reponses-sur-papier"


def correspondent(cast: Cast, name: str = "Odile Bertin") -> Membership:
    """Return another correspondant of the centre."""
    other = member(cast.center, name)
    StaffRole.objects.create(agent=other.agent, role=Role.CORRESPONDENT, granted_at=clock.now())
    return other


def browser(who: Membership, **client: Any) -> Client:
    """Return a browser in which a correspondant is signed in, by two factors."""
    return signed_in(who.agent, second_factor=True, **client)


def sheet(designation: Designation, act: str = "") -> str:
    """Return an address about an answer."""
    return f"{QUEUE}/{designation.uid}" + (f"/{act}" if act else "")


def keying(invitation: Invitation) -> str:
    """Return the address where a paper answer is keyed in."""
    return f"{PAPER}/{invitation.uid}"


def picture(name: str = "formulaire.png", color: str = "white") -> SimpleUploadedFile:
    """Return the scan of a form."""
    out = io.BytesIO()
    Image.new("RGB", (60, 80), color).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")


def keyed(**changes: Any) -> dict[str, Any]:
    """Return the form of a paper answer, filled in well for two people, without its scan."""
    names = ("civility", "given_name", "family_name", "job_title", "department", "email", "phone")
    people = {f"{name}_{n}": getattr(p, name) for n, p in enumerate((ANNE, PAUL), 1) for name in names}
    signed = {"signatory_name": "Bertrand Kern", "signatory_title": "Maire", "signed_on": clock.today().isoformat()}
    return {**people, **signed, "replaces": "ajout", "personnes": "2", "action": "enregistrer", **changes}


def accepting(client: Client, designation: Designation) -> Any:
    """Open the page that says what accepting does, and press its button."""
    seen = client.get(sheet(designation, "accepter")).context["foreseen"].mark
    return client.post(sheet(designation, "accepter"), {"seen": seen}, follow=True)


def said(response: Any) -> str:
    """Return a page as people read it."""
    content: str = response.content.decode()
    return content


def fr(text: str) -> str:
    """Return the words as the interface prints them."""
    return french(text)


def state() -> list[Any]:
    """Return all that these pages may write."""
    kept = [list(each.objects.order_by("pk").values()) for each in (Designation, Invitation, Mandate, KeptScan)]
    return [*kept, *(each.objects.count() for each in (Link, AuditEvent, OutboxMessage, Agent, Membership))]
