"""What the tests of the answer page do again and again."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from convergences.campaigns.models import Invitation
from convergences.campaigns.services import codes, links
from tests.campaigns.answering import ANNE, PAUL
from tests.campaigns.doing import running
from tests.cast import Cast

FORM, SIGN, RECEIPT, LETTER = (
    "/designation/formulaire",
    "/designation/signature",
    "/designation/accuse",
    "/designation/courrier",
)


def asked(cast: Cast) -> Invitation:
    """Launch a campaign, and return the invitation of Pantin."""
    running(cast)
    return Invitation.objects.select_related("organization", "campaign").get(organization=cast.pantin)


def link(invitation: Invitation) -> str:
    """Return the address that a mail holds."""
    return f"/designation?cle={links.issue(invitation)}"


def entered(invitation: Invitation) -> Client:
    """Return a browser that followed a link."""
    client = Client()
    client.get(link(invitation))
    return client


def typed(**changes: Any) -> dict[str, Any]:
    """Return what is posted of a form filled in well for two people."""
    names = ("civility", "given_name", "family_name", "job_title", "department", "email", "phone")
    people = {f"{name}_{n}": getattr(p, name) for n, p in enumerate((ANNE, PAUL), 1) for name in names}
    signed = {"signatory_name": "Bertrand Kern", "signatory_title": "Maire", "replaces": "ajout"}
    return {**people, **signed, "personnes": "2", "action": "verifier", **changes}


def reviewed(client: Client, **changes: Any) -> str:
    """Fill in the form, and return the fingerprint that the review holds."""
    client.post(FORM, typed(**changes))
    seen: str = client.get(SIGN).context["seen"]
    return seen


def signed(client: Client, invitation: Invitation, **changes: Any) -> HttpResponse:
    """Sign what the review shows, by a letter printed for it."""
    given = {"seen": reviewed(client), "promise": "on", "letter_code": codes.issue_letter_code(invitation)}
    response: HttpResponse = client.post(SIGN, {**given, **changes})
    return response
