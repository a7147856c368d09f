"""An application as a client of the portal: Authlib's, by OpenID Connect (code, PKCE, ID token, refresh, sign-out)."""

import datetime as dt
import json
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from django.http import HttpRequest, HttpResponseBase
from requests import RequestException

from convergences_demo.house.configuration import in_use

SCOPE = "openid profile email"
TIMEOUT = 10
LEEWAY = 60


class AccessOver(Exception):  # noqa: N818 - an answer of the portal, not a breakdown
    """The portal no longer answers for this session: it ended, or the right was removed."""


class TooWeak(Exception):  # noqa: N818 - said to the user as it is
    """The sign-in is not as strong, or not as recent, as this application asks."""


class PortalSilent(Exception):  # noqa: N818 - said to the user as it is
    """The portal cannot be reached."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who came, as the portal says."""

    subject: str
    given_name: str
    name: str
    email: str
    employer: str
    siret: str
    roles: tuple[str, ...]

    @classmethod
    def of(cls, claims: dict[str, Any]) -> "Person":
        """Read the portal's claims; what it does not give is empty."""
        employer = claims.get("organization") or {}
        given, family = claims.get("given_name", ""), claims.get("usual_name", "")
        return cls(
            subject=claims["sub"],
            given_name=given,
            name=claims.get("name") or f"{given} {family}".strip() or "Agent",
            email=claims.get("email", ""),
            employer=employer.get("name", ""),
            siret=employer.get("siret", ""),
            roles=tuple(claims.get("roles", ())),
        )

    @property
    def manages(self) -> bool:
        """Whether this person holds the role of that name, by which they write and do not only consult."""
        return "manager" in self.roles


@dataclass(frozen=True, slots=True)
class SignIn:
    """How strongly and when the person proved who they are, as the portal signed it (`acr`, `amr`, `auth_time`)."""

    acr: str
    amr: tuple[str, ...]
    at: dt.datetime


def sign_in_of(request: HttpRequest) -> SignIn | None:
    """Return how the person who came signed in; None when nobody has."""
    kept = request.session.get("sign_in") if hasattr(request, "session") else None
    if not kept:
        return None
    return SignIn(kept["acr"], tuple(kept["amr"] or ()), dt.datetime.fromtimestamp(kept["auth_time"], tz=dt.UTC))


@lru_cache(maxsize=1)
def _client() -> Any:
    chosen = in_use()
    return OAuth().register(
        "portal",
        client_id=chosen.client_id,
        client_secret=chosen.client_secret,
        server_metadata_url=f"{chosen.issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": SCOPE, "code_challenge_method": "S256", "default_timeout": TIMEOUT},
    )


def metadata() -> dict[str, Any]:
    """Return what the portal says of itself, read once; raises `PortalSilent`."""
    try:
        found: dict[str, Any] = _client().load_server_metadata()
    except (RequestException, ValueError) as error:
        raise PortalSilent from error
    return found


def keys() -> dict[str, Any]:
    """Return the portal's public keys, asked again each time: they change. Raises `PortalSilent`."""
    try:
        answer = requests.get(metadata()["jwks_uri"], timeout=TIMEOUT)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
    except (RequestException, ValueError) as error:
        raise PortalSilent from error
    return found


def send(request: HttpRequest, **asked: str) -> HttpResponseBase:
    """Send the browser to the portal to sign in; `asked` adds parameters such as `prompt`."""
    metadata()
    asked |= _strength_asked()
    response: HttpResponseBase = _client().authorize_redirect(request, f"{in_use().base_url}/retour", **asked)
    return response


def _strength_asked() -> dict[str, str]:
    """Return what asks for a strong and recent sign-in (OpenID Connect Core, sections 3.1.2.1 and 5.5.1.1)."""
    chosen = in_use()
    asked = {"max_age": str(chosen.max_age)} if chosen.max_age else {}
    if chosen.acr:
        essential = {"id_token": {"acr": {"essential": True, "values": list(chosen.acr)}}}
        asked |= {"acr_values": " ".join(chosen.acr), "claims": json.dumps(essential)}
    return asked


def _check_strength(id_token: dict[str, Any]) -> None:
    """Believe what the portal signed, not what was asked: anybody may have altered the request on its way."""
    chosen = in_use()
    if chosen.acr and id_token.get("acr") not in chosen.acr:
        raise TooWeak
    if chosen.max_age and time.time() - id_token["auth_time"] > chosen.max_age + LEEWAY:
        raise TooWeak


def receive(request: HttpRequest) -> None:
    """Take the portal's answer: check who answers, exchange the code, check the ID token, and remember who came.

    Raises `OAuthError` with the portal's own word, `TooWeak`, `PortalSilent`.
    """
    # RFC 9207: an answer of another server must not make us send it this one's code.
    if request.GET.get("iss") != metadata()["issuer"]:
        raise OAuthError(error="invalid_issuer")
    try:
        token = _client().authorize_access_token(request)
    except RequestException as error:
        raise PortalSilent from error
    _check_strength(token["userinfo"])
    request.session.cycle_key()
    request.session["token"] = {
        name: token[name] for name in ("access_token", "refresh_token", "token_type", "expires_at") if name in token
    }
    request.session["id_token"] = token["id_token"]
    request.session["sign_in"] = {name: token["userinfo"].get(name) for name in ("acr", "amr", "auth_time")}
    request.session["sid"] = token["userinfo"].get("sid", "")
    _ask_who(request)


def who(request: HttpRequest) -> Person | None:
    """Return who came, asked again of the portal from time to time; None when nobody has.

    Raises `AccessOver` when the portal refuses, after which nobody has come, and `PortalSilent`.
    """
    if "claims" not in request.session:
        return None
    if time.time() - request.session["checked_at"] >= in_use().recheck:
        _ask_who(request)
    return Person.of(request.session["claims"])


def _ask_who(request: HttpRequest) -> None:
    chosen = in_use()
    known = metadata()
    session = OAuth2Session(
        chosen.client_id,
        chosen.client_secret,
        token=request.session["token"],
        token_endpoint=known["token_endpoint"],
        leeway=chosen.refresh_margin,
        default_timeout=TIMEOUT,
    )
    try:
        answer = session.get(known["userinfo_endpoint"])
    except OAuthError as error:
        raise AccessOver from error
    except RequestException as error:
        raise PortalSilent from error
    if answer.status_code in {401, 403}:
        raise AccessOver
    if answer.status_code != 200:  # noqa: PLR2004
        raise PortalSilent
    request.session["token"] = dict(session.token)
    request.session["claims"] = answer.json()
    request.session["checked_at"] = time.time()


def address_of_sign_out(request: HttpRequest) -> str:
    """Return the portal's address that signs out and comes back (RP-Initiated Logout)."""
    metadata()
    made: dict[str, str] = _client().create_logout_url(
        post_logout_redirect_uri=f"{in_use().base_url}/au-revoir",
        id_token_hint=request.session.get("id_token"),
        client_id=in_use().client_id,
    )
    return made["url"]
