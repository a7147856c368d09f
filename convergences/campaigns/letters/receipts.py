"""The receipt of an answer, as a tagged PDF (PDF/UA-1) of one page: all that was signed, by whom, and when."""

import json
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from convergences.campaigns.answers import Answer, Person
from convergences.campaigns.letters.drawable import shown
from convergences.campaigns.models import Designation
from convergences.foundations import clock
from convergences.foundations.text import day_in_words

_TEMPLATE = Path(__file__).with_name("receipt.typ")


def write(designation: Designation, answer: Answer) -> bytes:
    """Return the receipt of an answer that was received; reads its invitation and employer."""
    invitation = designation.invitation
    data = {
        "number": designation.receipt_number,
        "reference": invitation.reference,
        "organization": shown(invitation.organization.name),
        "center": shown(settings.CONFIGURATION.center_name),
        "address": shown(settings.CONFIGURATION.center_address),
        "received": day_in_words(clock.day_of(designation.received_at)) if designation.received_at else "",
        "signed": day_in_words(designation.signed_on) if designation.signed_on else "",
        "signatory": shown(f"{answer.signatory_name}, {answer.signatory_title}"),
        "proof": designation.get_proof_display().lower(),
        "replaces": answer.replaces,
        "people": [_drawn(person) for person in answer.people],
    }
    # The template reads its own folder and nothing else; words travel as JSON, never as source.
    compiler = typst.Compiler(_TEMPLATE, root=_TEMPLATE.parent, sys_inputs={"data": json.dumps(data)})
    drawn = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    return drawn if isinstance(drawn, bytes) else b"".join(drawn or [])


def _drawn(person: Person) -> dict[str, Any]:
    work = ", ".join(part for part in (person.job_title, person.department) if part)
    return {"name": shown(person.full_name), "work": shown(work), "email": person.email, "phone": person.phone}
