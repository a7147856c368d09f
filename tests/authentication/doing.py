"""What these tests do again and again: try to sign in, read the mail that waits to leave."""

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.audit.models import AuditEvent
from convergences.authentication import hashing
from convergences.authentication.browsers import Browser
from convergences.authentication.errors import TooManyAttempts, WrongCredentials
from convergences.authentication.services.sign_in import Attempt, SignedIn, sign_in
from convergences.foundations.models import OutboxMessage
from convergences.foundations.sealing import unseal
from tests.cast import PASSWORD

HERE = Browser(address="192.0.2.10", name="Edge sur Windows")
UNKNOWN = "personne.inconnue@pantin.example"
NEW = "Trois canards longent le canal 1898"


def attempt(
    email: str | None, password: str = PASSWORD, *, address: str = "192.0.2.10", known_browser: str = ""
) -> SignedIn:
    """Try to sign in from an address."""
    browser = Browser(address=address, name="Edge sur Windows")
    return sign_in(Attempt(email or "", password, browser, known_browser))


def fail(email: str | None, times: int = 1, **options: str) -> list[type[Exception]]:
    """Try a wrong password several times; return how each try was refused."""
    refusals: list[type[Exception]] = []
    for _ in range(times):
        with pytest.raises((WrongCredentials, TooManyAttempts)) as refused:
            attempt(email, "Faux mot de passe 2026", **options)
        refusals.append(refused.type)
    return refusals


@dataclass(frozen=True)
class Letter:
    """A mail of the outbox, opened."""

    kind: str
    recipient: str
    subject: str
    text: str
    html: str

    @property
    def code(self) -> str:
        """The six digits that it gives."""
        found = re.search(r"^(\d{6})$", self.text, re.MULTILINE)
        assert found, self.text
        return found[1]

    @property
    def token(self) -> str:
        """The token of its link."""
        found = re.search(r"/lien\?cle=(\S+)", self.text)
        assert found, self.text
        return found[1]


def letters() -> list[Letter]:
    """Return every mail of the outbox, oldest first."""
    opened = []
    for row in OutboxMessage.objects.order_by("pk"):
        content = json.loads(unseal(row.sealed_content, use="outbox"))
        opened.append(Letter(row.kind, row.recipient, **content))
    return opened


def told(action: str) -> list[AuditEvent]:
    """Return the journal's lines of one word, oldest first."""
    return list(AuditEvent.objects.filter(action=f"authentication.{action}").order_by("pk"))


@dataclass
class Work:
    """What an answer cost: its queries, without their values, and the passwords hashed."""

    queries: list[str]
    hashes: int


def work_of(doing: Callable[[], object], patch: pytest.MonkeyPatch) -> Work:
    """Do it and return what it cost, whether it was refused or not."""
    hashes: list[str] = []
    verify = hashing._verified

    def counted(hash_: str, clear: bytes) -> bool:
        hashes.append(hash_)
        return verify(hash_, clear)

    with patch.context() as patched, CaptureQueriesContext(connection) as captured:
        patched.setattr(hashing, "_verified", counted)
        with contextlib.suppress(WrongCredentials, TooManyAttempts):
            doing()
    return Work([_shape(query["sql"]) for query in captured], len(hashes))


def _shape(sql: str) -> str:
    """Return the verb and the table: values differ by nature."""
    table = re.search(r'(?:FROM|INTO|UPDATE) "(\w+)"', sql)
    return f"{sql.split(maxsplit=1)[0]} {table[1] if table else ''}".strip()
