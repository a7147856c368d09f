"""Logout as an application plays it: its requests and its answers, in an address, a form or an envelope."""

import secrets
from typing import Any

from convergences.foundations import clock
from convergences.protocols.saml import names
from convergences.protocols.saml.models import Statement
from tests.saml.serving import ENTITY, SLO, instant

SOAP = "http://testserver/saml/slo/soap"


def logout_request(stated: Statement | None = None, **changes: Any) -> str:
    """Return an honest LogoutRequest about a statement, altered."""
    told: dict[str, Any] = {"id": f"_{secrets.token_hex(16)}", "at": instant(clock.now()), "to": SLO, "issuer": ENTITY}
    told |= {"name": stated.name_id if stated else "", "index": stated.session_index if stated else "", **changes}
    index = f"<samlp:SessionIndex>{told['index']}</samlp:SessionIndex>" if told["index"] else ""
    return (
        f'<samlp:LogoutRequest xmlns:samlp="{names.PROTOCOL}" xmlns:saml="{names.ASSERTION}" ID="{told["id"]}" '
        f'Version="2.0" IssueInstant="{told["at"]}" Destination="{told["to"]}" {told.get("about", "")}>'
        f"<saml:Issuer>{told['issuer']}</saml:Issuer><saml:NameID>{told['name']}</saml:NameID>{index}"
        f"</samlp:LogoutRequest>"
    )


def logout_response(answered: str, **changes: Any) -> str:
    """Return an honest LogoutResponse to one of our requests, altered."""
    told = {"id": f"_{secrets.token_hex(16)}", "at": instant(clock.now()), "to": SLO, "issuer": ENTITY}
    told |= {"status": names.SUCCESS, **changes}
    return (
        f'<samlp:LogoutResponse xmlns:samlp="{names.PROTOCOL}" xmlns:saml="{names.ASSERTION}" ID="{told["id"]}" '
        f'Version="2.0" IssueInstant="{told["at"]}" Destination="{told["to"]}" InResponseTo="{answered}">'
        f"<saml:Issuer>{told['issuer']}</saml:Issuer>"
        f'<samlp:Status><samlp:StatusCode Value="{told["status"]}"/></samlp:Status></samlp:LogoutResponse>'
    )


def envelope(message: str, *, header: str = "") -> str:
    """Return a message in its envelope."""
    heading = f"<S:Header>{header}</S:Header>" if header else ""
    return f'<S:Envelope xmlns:S="{names.ENVELOPE}">{heading}<S:Body>{message}</S:Body></S:Envelope>'
