"""Walking through the pages as a browser without script does."""

import html
import re
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from tests.authentication.doing import Letter, letters
from tests.cast import PASSWORD

EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0"
WRONG = "Faux mot de passe 2026"


def browser(**options: Any) -> Client:
    """Return a new browser."""
    return Client(headers={"user-agent": EDGE}, **options)


def sign_in(client: Client, email: str | None, password: str = PASSWORD, **more: str) -> Any:
    """Send the login form."""
    return client.post("/connexion", {"identifier": email, "password": password, **more})


def words(answer: HttpResponse | Any) -> str:
    """Return what a person reads: no tags, plain spaces and apostrophes."""
    body = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", body)).replace("’", "'")
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def token_of(client: Client) -> str:
    """Return the session's token that the browser holds, or nothing."""
    morsel = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""


def last_letter() -> Letter:
    """Return the last mail posted."""
    return letters()[-1]


def ask_code(client: Client, email: str | None, **more: str) -> Any:
    """Ask for a code, and arrive at the next step."""
    return client.post("/premiere-visite", {"email": email, **more}, follow=True)


def open_link(client: Client, letter: Letter) -> Any:
    """Open the link of a mail."""
    path = re.search(r"http://testserver(/\S+)", letter.text)
    assert path, letter.text
    return client.get(path[1], follow=True)
