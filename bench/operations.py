"""What is measured: each operation as an application does it, its aim, and the signature within it."""

import base64
import hashlib
import json
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from bench.filling import CALLBACK, CAS, GATE, SECRET
from bench.load import Caller, Operation, basic

VERIFIER = "a-code-verifier-of-the-bench-which-is-long-enough"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
BENCH = basic("bench", SECRET)
PAGES = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "X-Forwarded-For": "198.51.100.7"}


@dataclass(frozen=True)
class Measured:
    """One operation: `aim` in milliseconds of processor, `signs` the algorithm of the one signature within, if any."""

    name: str
    run: Operation
    times: int
    aim: float | None = None
    signs: str = ""


def enter(caller: Caller) -> None:
    """Authorize, then exchange the code: an ID token is signed."""
    asked = {
        "response_type": "code",
        "client_id": "bench",
        "redirect_uri": CALLBACK,
        "scope": "openid profile email",
        "state": "state",
        "nonce": "nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    answer = caller.ask(f"/oauth/authorize?{urlencode(asked)}", expect=302, Cookie=f"session={caller.session}")
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    caller.kept.update(json.loads(caller.ask("/oauth/token", form=form, Authorization=BENCH).content))


def refresh(caller: Caller) -> None:
    """Replace a refresh token by its successor."""
    form = {"grant_type": "refresh_token", "refresh_token": caller.kept["refresh_token"]}
    caller.kept.update(json.loads(caller.ask("/oauth/token", form=form, Authorization=BENCH).content))


def userinfo(caller: Caller) -> None:
    """Ask who entered."""
    caller.ask("/oauth/userinfo", Authorization=f"Bearer {caller.kept['access_token']}")


def introspect(caller: Caller) -> None:
    """Ask whether an agent's token is good."""
    answer = caller.ask("/oauth/introspect", form={"token": caller.kept["access_token"]}, Authorization=BENCH)
    assert b'"active": true' in answer.content


def machine(client_id: str) -> Operation:
    """Return the operation of a machine that asks a token for itself."""
    header = basic(client_id, SECRET)

    def ask(caller: Caller) -> None:
        caller.ask("/oauth/token", form={"grant_type": "client_credentials"}, Authorization=header)

    return ask


def ticket(caller: Caller) -> None:
    """Enter by CAS, then validate the ticket."""
    asked = {"service": f"{CAS}dossiers"}
    answer = caller.ask(f"/cas/login?{urlencode(asked)}", expect=302, Cookie=f"session={caller.session}")
    given = parse_qs(urlsplit(answer.headers["Location"]).query)["ticket"][0]
    said = caller.ask(f"/cas/p3/serviceValidate?{urlencode({**asked, 'ticket': given})}")
    assert b"authenticationSuccess" in said.content


def check(caller: Caller) -> None:
    """Ask, as nginx does, who a browser is; the first time, bring it in at the application's address."""
    if "gate" not in caller.kept:
        caller.kept["gate"] = _pass(caller)
    said = {"X-Original-URL": f"http://{GATE}/dossiers/12?page=2", "X-Original-Method": "GET", **PAGES}
    caller.ask("/gate/check", Cookie=f"theme=clair; gate={caller.kept['gate']}", **said)


def _pass(caller: Caller) -> str:
    """Return the cookie of the application's own host, by the way of a browser."""
    start = caller.ask(f"/gate/start?{urlencode({'rd': f'http://{GATE}/'})}", expect=303, Host=GATE)
    way = start.headers["Set-Cookie"].partition(";")[0]
    onward = urlsplit(start.headers["Location"])
    coming = caller.ask(f"{onward.path}?{onward.query}", expect=302, Cookie=f"session={caller.session}")
    arrival = urlsplit(coming.headers["Location"])
    arrived = caller.ask(f"{arrival.path}?{arrival.query}", expect=303, Host=GATE, Cookie=way)
    return str(arrived.headers["Set-Cookie"].partition(";")[0].partition("=")[2])


def jwks(caller: Caller) -> None:
    """Read the public keys."""
    caller.ask("/oauth/jwks")


def discovery(caller: Caller) -> None:
    """Read what the server does."""
    caller.ask("/.well-known/openid-configuration")


# In this order: the entry gives the tokens that the others show.
OPERATIONS = (
    Measured("authorize + token ES256", enter, 400, aim=2.5, signs="ES256"),
    Measured("refresh", refresh, 600, aim=1.2),
    Measured("userinfo", userinfo, 2000, aim=0.25),
    Measured("introspection", introspect, 2000, aim=0.3),
    Measured("client_credentials opaque", machine("machine-opaque"), 800),
    Measured("client_credentials ES256", machine("machine-es256"), 800, aim=0.6, signs="ES256"),
    Measured("client_credentials RS256", machine("machine-rs256"), 800, aim=1.5, signs="RS256"),
    Measured("CAS ticket + validation", ticket, 400, aim=1.5),
    Measured("proxy check", check, 2000, aim=0.2),
    Measured("jwks", jwks, 2000),
    Measured("discovery", discovery, 2000),
)
