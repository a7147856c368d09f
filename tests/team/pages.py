"""What these tests do again and again: build an address, post a form, read a page as people read it."""

import datetime as dt
import html
import re
from typing import Any

from django.test import Client

from convergences.catalog.models import Application
from convergences.directory.models import Membership
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from convergences.foundations.text import french
from tests.cast import signed_in

PERSON = {
    "civility": "madam",
    "given_name": "Léa",
    "family_name": "Marchand",
    "email": "lea.marchand@pantin.example",
    "department": "Formation",
    "job_title": "Assistante",
    "phone": "",
}


def team(path: str = "", key: str = "pantin") -> str:
    """Return an address of the organization."""
    return f"/annuaire/collectivites/{key}/{path}"


def sheet(member: Membership, act: str = "", key: str = "pantin") -> str:
    """Return an address about a member."""
    return team(f"utilisateurs/{member.uid}" + (f"/{act}" if act else ""), key)


def client(member: Membership) -> Client:
    """Return a browser in which this member's agent is signed in."""
    return signed_in(member.agent)


def words(response: Any) -> str:
    """Return what the page says in its main part, without tags; apostrophes and spaces made plain."""
    text = unbroken(response.content.decode())
    main = re.search(r"<main.*</main>", text, re.DOTALL)
    bare = html.unescape(re.sub(r"<[^>]+>", " ", main[0] if main else text))
    return plain(bare)


def unbroken(text: str) -> str:
    """Return the source of a page without what says where an e-mail address may be broken."""
    return re.sub(r'<span class="nowrap">([^<]*)</span>', r"\1", text).replace("<wbr>", "")


def plain(text: str) -> str:
    """Return the text with plain apostrophes and single spaces."""
    return re.sub(r"\s+", " ", text.replace("’", "'").replace("\u00a0", " ")).strip()


def value_of(response: Any, name: str) -> str:
    """Return the value of a hidden or text input of the page."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', response.content.decode())
    assert found, name
    return html.unescape(found[1])


def is_on(response: Any, slug: str) -> bool:
    """Say whether the switch of an application is on."""
    switch = re.search(rf'<input[^>]*id="droit-{slug}"[^>]*>', response.content.decode())
    assert switch, slug
    return " checked" in switch[0]


def right(member: Membership, application: Application, *roles: str, ends_on: dt.date | None = None) -> Entitlement:
    """Write a right straight into the table."""
    return Entitlement.objects.create(
        membership=member,
        organization=member.organization,
        application=application,
        roles=list(roles or ("reader",)),
        starts_on=clock.today(),
        ends_on=ends_on,
        granted_at=clock.now(),
        granted_by="Nadia Ferhat",
    )


def held(member: Membership) -> set[tuple[str, tuple[str, ...]]]:
    """Return the rights that a member holds: applications and roles."""
    rows = Entitlement.objects.filter(membership=member, closed_at__isnull=True).select_related("application")
    return {(row.application.slug, tuple(row.roles)) for row in rows}


def fr(text: str) -> str:
    """Return the text as the interface prints it."""
    return french(text)
