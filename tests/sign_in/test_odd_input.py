"""Whatever a stranger or an agent writes, at every address of the room and of Sécurité, ends in a clean refusal."""

import uuid
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from convergences.pages.account.urls import urlpatterns as of_account
from convergences.pages.sign_in.urls import urlpatterns as of_sign_in
from tests.authentication.proving import with_totp
from tests.cast import Cast, signed_in
from tests.sign_in.walking import browser

pytestmark = pytest.mark.database

FIELDS = [
    "identifier", "email", "password", "current", "new", "confirmation", "code", "sealed", "answer", "name", "codes",
    "next", "application", "niveau", "refus", "retour", "pour", "cle", "aussi", "task", "remember", "kept",
]  # fmt: skip
FORM = "application/x-www-form-urlencoded"
PASSKEY = (
    '{"id": "AAAAAAAAAAAAAAAAAAAAAA", "response": {"userHandle": 5, "clientDataJSON": [], "signature": "\\ud800"}}'
)
NUL = "//a\x00@b.fr"


def _addresses(app: str, patterns: list[URLPattern]) -> list[str]:
    given = {"uid": uuid.UUID(int=1), "kind": "application", "photo": uuid.UUID(int=1), "slug": "nul"}
    return [
        reverse(f"{app}:{each.name}", kwargs={name: given[name] for name in each.pattern.converters})
        for each in patterns
    ]


def _answers(client: Client, method: str, addresses: list[str], value: str) -> list[str]:
    """Return the answers that are none of ours: faults, and ways to another site."""
    client.raise_request_exception = False
    odd, found = dict.fromkeys(FIELDS, value), []
    for address in addresses:
        answer = client.generic(method, f"{address}?{urlencode(odd)}", urlencode(odd), FORM)
        away = answer.get("Location", "/")
        if answer.status_code >= 500 or not away.startswith("/") or away.startswith("//"):
            found.append(f"{address} {answer.status_code} {away}")
    return found


@pytest.mark.parametrize("value", [NUL, PASSKEY])
def test_a_stranger_s_odd_input_is_refused_cleanly(cast: Cast, value: str) -> None:
    client = browser()
    # As sent: Debian's Python refuses to hold such a cookie, and would not let this client have one.
    client.defaults["HTTP_COOKIE"] = "; ".join(f"{name}=é\x7f%00" for name in ("session", "sign-in", "device"))
    assert _answers(client, "POST", _addresses("sign_in", of_sign_in), value) == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_agent_s_odd_input_is_refused_cleanly(cast: Cast, method: str) -> None:
    """PostgreSQL keeps no NUL, and says so by an error."""
    with_totp(cast.claire.agent)
    client = signed_in(cast.claire.agent, factors=("pwd", "otp", "mfa"))
    steps = [each for each in of_sign_in if str(each.pattern).startswith("verification")]
    own = [each for each in of_account if str(each.pattern).startswith("securite")]
    assert _answers(client, method, [*_addresses("sign_in", steps), *_addresses("account", own)], NUL) == []
