"""What the tests of answers do again and again."""

import re
from dataclasses import replace
from typing import Any

from convergences.audit.services import Actor
from convergences.campaigns.answers import Answer, Person
from convergences.campaigns.models import Designation, Invitation
from convergences.campaigns.services import answering, codes
from convergences.foundations.models import OutboxMessage
from convergences.foundations.sealing import unseal
from tests.campaigns.doing import running
from tests.cast import Cast

VISITOR = Actor(agent_id=None, label="Visiteur non connecté", address="192.0.2.7", browser="Firefox")
ANNE = Person(
    civility="madam",
    given_name="Anne",
    family_name="Martin",
    job_title="Directrice des ressources humaines",
    department="DRH",
    email="anne.martin@pantin.example",
    phone="01 49 15 40 00",
)
PAUL = replace(ANNE, civility="sir", given_name="Paul", family_name="Roux", email="paul.roux@pantin.example")


def answer(*people: Person, **fields: Any) -> Answer:
    """Return an answer that is right in all things, but for what is given."""
    base: dict[str, Any] = {"signatory_name": "Bertrand Kern", "signatory_title": "Maire"}
    return Answer(people or (ANNE,), **{**base, **fields})


def asked(cast: Cast, **fields: Any) -> Invitation:
    """Launch a campaign, and return the invitation of Pantin."""
    running(cast, **fields)
    return Invitation.objects.select_related("organization", "campaign").get(organization=cast.pantin)


def letter_of(invitation: Invitation) -> str:
    """Print the letter of an employer; return its code."""
    return codes.issue_letter_code(invitation)


def code_of(invitation: Invitation, given: Answer) -> str:
    """Ask for a code for this answer; return it as the official address reads it."""
    answering.save_draft(invitation, given)
    codes.send_code(invitation, actor=VISITOR)
    found = re.search(r"\b(\d{3}) (\d{3})\b", last_mail("campaigns.official_code"))
    assert found
    return found[1] + found[2]


def last_mail(kind: str) -> str:
    """Return the content of the last mail of a kind."""
    return unseal(OutboxMessage.objects.filter(kind=kind).latest("pk").sealed_content, use="outbox")


def received(cast: Cast, *people: Person, **fields: Any) -> Designation:
    """Return the answer of Pantin, signed by the letter's code."""
    invitation = Invitation.objects.filter(organization=cast.pantin).first() or asked(cast)
    return answering.receive(invitation, answer(*people, **fields), actor=VISITOR, letter_code=letter_of(invitation))
