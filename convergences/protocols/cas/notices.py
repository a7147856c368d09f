"""Applications are told that an agent has left, by the ticket under which they knew them (section 2.3.3)."""

import secrets
from functools import partial
from http import HTTPStatus

from lxml import etree

from convergences.admission.models import Visit
from convergences.admission.services import telling
from convergences.admission.services.telling import Notice, Outcome
from convergences.catalog.models import Protocol
from convergences.foundations import clock, outbound
from convergences.foundations.sealing import unseal
from convergences.protocols.cas.models import RegisteredService, Ticket
from convergences.protocols.cas.services.tickets import SEALED_FOR

_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
_ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
HEARD = range(HTTPStatus.OK, HTTPStatus.BAD_REQUEST)  # applications answer as they like: a page, or the way to one


class Teller(telling.Teller):
    """Who tells the applications that speak CAS."""

    protocol = Protocol.CAS

    def able(self) -> list[int]:
        """Return the applications that take part in single logout."""
        services = RegisteredService.objects.filter(single_logout=True)
        return list(services.values_list("application_id", flat=True))

    def prepare(self, _application_id: int, visits: list[Visit]) -> list[Notice]:
        """Write, for each visit, one message for each ticket that the application came to validate."""
        spent = Ticket.objects.filter(visit__in=visits).exclude(sealed="").order_by("pk")
        messages: dict[int, list[tuple[str, str]]] = {visit.pk: [] for visit in visits}
        for ticket in spent:
            messages[ticket.visit_id].append((ticket.service, message(unseal(ticket.sealed, use=SEALED_FOR))))
        return [partial(_tell, messages[visit.pk]) for visit in visits]


def message(ticket: str) -> str:
    """Return the request of logout that names a ticket."""
    root = etree.Element(
        f"{{{_PROTOCOL}}}LogoutRequest",
        nsmap={"samlp": _PROTOCOL, "saml": _ASSERTION},
        ID=f"LR-{secrets.token_hex(16)}",
        Version="2.0",
        IssueInstant=clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    etree.SubElement(root, f"{{{_ASSERTION}}}NameID").text = "@NOT_USED@"
    etree.SubElement(root, f"{{{_PROTOCOL}}}SessionIndex").text = ticket
    return etree.tostring(root, encoding="unicode")


def _tell(messages: list[tuple[str, str]]) -> Outcome:
    """Tell every ticket, whatever becomes of the others: a machine that is down must not keep its neighbour open.

    What may still be heard is tried again; only when nothing is left to try is a refusal of ours final.
    """
    failed = [outcome for each in messages if (outcome := _tell_one(*each)) is not None]
    return min(failed, key=lambda outcome: outcome.final, default=Outcome())


def _tell_one(address: str, content: str) -> Outcome | None:
    try:
        answer = outbound.post_form(address, {"logoutRequest": content})
    except outbound.Forbidden as refusal:
        return Outcome(str(refusal), final=True)
    except outbound.Unreachable as failure:
        return Outcome(str(failure))
    return None if answer.status in HEARD else Outcome(f"the application answered {answer.status}")


teller = Teller()


def tell_due() -> int:
    """Tell the applications whose visits are over; see `Teller.tell_due`."""
    return teller.tell_due()
