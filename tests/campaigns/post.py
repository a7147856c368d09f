"""What the tests of letters do again and again."""

import io
import re
from typing import Any

import pypdf
import pytest

from convergences.campaigns import letters
from convergences.campaigns.models import Campaign, Invitation, LetterScope, Mailing
from convergences.campaigns.services import posting, printing
from convergences.directory.models import Organization
from tests.campaigns.doing import acting, running
from tests.cast import Cast

CODE = re.compile(r"papier : ([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})")
REFERENCE = re.compile(r"Référence : ([0-9A-Z]{4}-[0-9A-Z]{4})")


def written_to(cast: Cast) -> Campaign:
    """Return a running campaign whose two employers have a postal address."""
    campaign = running(cast)
    Organization.objects.filter(pk__in=(cast.pantin.pk, cast.romainville.pk)).update(
        authority_address="1 place de la Mairie, 93000 Ville"
    )
    return campaign


def ask(campaign: Campaign, cast: Cast, scope: LetterScope = LetterScope.SILENT, **fields: Any) -> Mailing:
    """Ask for letters."""
    return posting.ask(campaign, scope, actor=acting(cast.julien), **fields)


def made(mailing: Mailing) -> Mailing:
    """Let the worker make all letters that wait."""
    while printing.drain():
        pass
    mailing.refresh_from_db()
    return mailing


def codes_in(document: bytes) -> dict[str, str]:
    """Return the codes that a PDF holds, by reference."""
    found = {}
    for page in pypdf.PdfReader(io.BytesIO(document)).pages[::2]:
        words = " ".join(page.extract_text().replace("\u00a0", " ").split())
        reference, code = REFERENCE.search(words), CODE.search(words)
        assert reference
        assert code
        found[reference[1]] = code[1]
    return found


def taken(mailing: Mailing, cast: Cast) -> list[dict[str, str]]:
    """Download every volume; return the codes of each."""
    return [codes_in(each.read()) for each in posting.release(mailing, actor=acting(cast.julien))]


def by_volumes_of(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut mailings into small volumes, drawn by this process: another takes half a second to start."""
    monkeypatch.setattr(letters, "VOLUME", number)
    monkeypatch.setattr(letters, "write_apart", letters.write)


def of(cast: Cast, key: str = "pantin") -> Invitation:
    """Return an employer's invitation as it is now."""
    return Invitation.objects.select_related("campaign", "organization").get(organization__key=key)
