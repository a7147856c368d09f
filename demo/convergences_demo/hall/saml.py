"""An application as a service provider (SAML 2.0, by python3-saml): who came, and when that is over."""

import threading
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import requests
from django.http import HttpResponse, HttpResponseRedirect
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser as IdPMetadata
from onelogin.saml2.logout_request import OneLogin_Saml2_Logout_Request as LogoutRequest
from onelogin.saml2.response import OneLogin_Saml2_Response as Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from requests import RequestException

from convergences_demo.hall import saml_keys
from convergences_demo.hall.place import Place
from convergences_demo.hall.sessions import LONGEST_LIFE, Person, Session
from convergences_demo.hall.web import Asked, Route, form_is_ours

TIMEOUT = 10
FRESH = 60.0
_NAMES = "urn:oasis:names:tc:SAML:2.0:"
_BAD = (OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError, ValueError, TypeError, SyntaxError, AttributeError)
SECURITY = {
    "authnRequestsSigned": True,
    "logoutRequestSigned": True,
    "logoutResponseSigned": True,
    "wantMessagesSigned": True,
    "wantAssertionsSigned": True,
    "wantAssertionsEncrypted": True,
    "wantNameId": True,
    "requestedAuthnContext": False,
    "rejectUnsolicitedResponsesWithInResponseTo": True,
    "rejectDeprecatedAlgorithm": True,
    "signatureAlgorithm": Constants.RSA_SHA256,
    "digestAlgorithm": Constants.SHA256,
}


class PortalSilent(Exception):  # noqa: N818 - said to the user as it is
    """The portal cannot be reached."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How an application speaks: its form of name, its requests by a form or not, answers to no request taken or not.

    `reads` makes a person of a name and of the attributes received.
    """

    name_format: str
    reads: Callable[[str, dict[str, list[str]]], Person]
    by_form: bool = False
    unsolicited: bool = False


class Provider:
    """One application's side of the conversation."""

    def __init__(self, place: Place, manner: Manner) -> None:
        self.place = place
        self.manner = manner
        self.keys = saml_keys.keys_of(place)
        self.seen = Once()
        self._lock = threading.Lock()
        self._read: tuple[float, OneLogin_Saml2_Settings | None] = (0.0, None)

    def routes(self) -> dict[str, Route]:
        """Return the protocol's addresses."""
        return {
            "/saml/acs": Route(self.come_back, ("POST",)),
            "/saml/slo": Route(self.leave, ("GET",)),
            "/saml/metadata": Route(self.describe),
            "/deconnexion": Route(self.sign_out, ("POST",)),
        }

    def settings(self) -> OneLogin_Saml2_Settings:
        """Return our settings and the portal's, asked again now and then: its keys change. Raises `PortalSilent`."""
        with self._lock:
            until, known = self._read
            if known is None or time.monotonic() > until:
                known = self._settings(self._asked())
                self._read = (time.monotonic() + FRESH, known)
            return known

    def auth(self, asked: Asked) -> OneLogin_Saml2_Auth:
        """Return the library's view of a request; raises `PortalSilent`."""
        given = {
            "https": "on" if self.place.base_url.startswith("https:") else "off",
            "http_host": urlsplit(self.place.base_url).netloc,
            "script_name": asked.http.path,
            "get_data": asked.http.GET.dict(),
            "post_data": asked.http.POST.dict(),
            "query_string": asked.http.META.get("QUERY_STRING", ""),
            "validate_signature_from_qs": True,
        }
        return OneLogin_Saml2_Auth(given, self.settings())

    def way_in(self, asked: Asked) -> HttpResponse:
        """Send the browser to the portal with a signed request; it comes back to the page it asked for."""
        reads = asked.http.method in {"GET", "HEAD"} and asked.http.path != "/connexion"
        back_to = asked.path if reads else "/"
        try:
            auth = self.auth(asked)
        except PortalSilent:
            return asked.site.page(asked, "silent", status=503)
        address = auth.login(return_to="")
        name = str(auth.get_last_request_id())
        if not self.manner.by_form:
            return asked.site.note(HttpResponseRedirect(address), name, back_to)
        fields = {"SAMLRequest": _in_a_form(auth, self.keys)}
        page = asked.site.page(asked, "send", address=auth.get_sso_url(), fields=fields)
        policy = (
            f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action {self.place.portal}"
        )
        page.headers["Content-Security-Policy"] = policy
        return asked.site.note(page, name, back_to)

    def come_back(self, asked: Asked) -> HttpResponse:
        """Receive the portal's answer: check all of it, and that it answers this browser's request, once."""
        try:
            auth = self.auth(asked)
            answers = Response(auth.get_settings(), asked.http.POST.get("SAMLResponse", "")).get_in_response_to() or ""
            back_to = self._wanted(asked, str(answers))
            auth.process_response(request_id=str(answers) or None)
        except PortalSilent:
            return asked.site.page(asked, "silent", status=503)
        except _BAD:
            return asked.site.page(asked, "failed", status=400, reason="réponse illisible")
        if auth.get_errors():
            return _not_let_in(asked, str(auth.get_last_error_reason()))
        if back_to is None or not self.seen.first(str(auth.get_last_assertion_id())):
            return asked.site.page(asked, "failed", status=400, reason="cette réponse ne répond à aucune demande d’ici")
        return asked.site.welcome(self._session(auth), back_to)

    def _wanted(self, asked: Asked, answers: str) -> str | None:
        """Return the page wanted by the request that is answered; None when no request of this browser is."""
        if not answers:
            return "/" if self.manner.unsolicited else None
        # An answer planted in somebody else's browser must not sign them in as another.
        return asked.site.ways.come_back(answers) if answers == asked.cookie("way") else None

    def _session(self, auth: OneLogin_Saml2_Auth) -> Session:
        latest = time.time() + LONGEST_LIFE
        details = {"format": auth.get_nameid_format(), "nq": auth.get_nameid_nq(), "spnq": auth.get_nameid_spnq()}
        person = self.manner.reads(auth.get_nameid(), auth.get_attributes())
        contexts = ("AuthnContextClassRef", " ".join(auth.get_last_authn_contexts()))
        return Session(
            replace(person, told=(*person.told, contexts)),
            portal_name=auth.get_session_index() or "",
            ends_at=min(latest, auth.get_session_expiration() or latest),
            details=tuple((name, value) for name, value in details.items() if value),
        )

    def leave(self, asked: Asked) -> HttpResponse:
        """Follow the portal's signed word, brought by the browser: an order to end sessions, or an answer to ours."""
        try:
            auth = self.auth(asked)
            address = auth.process_slo(keep_local_session=True)
        except PortalSilent:
            return asked.site.page(asked, "silent", status=503)
        except _BAD:
            return asked.site.page(asked, "failed", status=400, reason="message de déconnexion illisible")
        if auth.get_errors():
            return asked.site.page(asked, "failed", status=400, reason="message de déconnexion refusé")
        if "SAMLRequest" not in asked.http.GET:
            return HttpResponseRedirect("/au-revoir")
        asked.site.sessions.end_named(*LogoutRequest.get_session_indexes(auth.get_last_request_xml()))
        return HttpResponseRedirect(address)

    def sign_out(self, asked: Asked) -> HttpResponse:
        """End the application's session, then let the portal end its own."""
        session = asked.session
        if session is None or not form_is_ours(asked):
            return asked.site.page(asked, "stale", status=403)
        asked.site.sessions.end(asked.token)
        try:
            auth = self.auth(asked)
        except PortalSilent:
            return HttpResponseRedirect("/au-revoir")
        known = {name: session.detail(name) or None for name in ("nq", "spnq")}
        # The name as the portal gave it, which need not be what the application calls its user.
        name, form = session.person.subject, session.detail("format")
        return HttpResponseRedirect(
            auth.logout(return_to="", name_id=name, session_index=session.portal_name, name_id_format=form, **known)
        )

    def describe(self, _asked: Asked) -> HttpResponse:
        """Answer our metadata."""
        text = saml_keys.description(self.place, self.manner.name_format)
        return HttpResponse(text, content_type="application/samlmetadata+xml")

    def _asked(self) -> dict[str, Any]:
        try:
            answer = requests.get(f"{self.place.portal}/saml/metadata", timeout=TIMEOUT)
            answer.raise_for_status()
            found: dict[str, Any] = IdPMetadata.parse(answer.content)["idp"]
        except (RequestException, KeyError, *_BAD) as error:
            raise PortalSilent from error
        return found

    def _settings(self, idp: dict[str, Any]) -> OneLogin_Saml2_Settings:
        redirect, base = f"{_NAMES}bindings:HTTP-Redirect", self.place.base_url
        sp = {
            "entityId": saml_keys.entity_of(self.place),
            "assertionConsumerService": {"url": f"{base}/saml/acs", "binding": f"{_NAMES}bindings:HTTP-POST"},
            "singleLogoutService": {"url": f"{base}/saml/slo", "binding": redirect},
            "NameIDFormat": self.manner.name_format,
            "x509cert": self.keys.certificate,
            "privateKey": self.keys.private,
        }
        return OneLogin_Saml2_Settings({"strict": True, "sp": sp, "idp": idp, "security": SECURITY})


class Once:
    """Messages followed already, for as long as one could be shown again."""

    def __init__(self, life: float = 900) -> None:
        self._lock = threading.Lock()
        self._life = life
        self._seen: dict[str, float] = {}

    def first(self, name: str) -> bool:
        """Say whether this message comes for the first time."""
        now = time.time()
        with self._lock:
            self._seen = {known: until for known, until in self._seen.items() if until > now}
            return bool(name) and self._seen.setdefault(name, now + self._life) == now + self._life


def _not_let_in(asked: Asked, reason: str) -> HttpResponse:
    """Tell the portal's signed refusal from an answer that is not good."""
    if "RequestDenied" in reason:
        return asked.site.page(asked, "refused", status=403, reason="RequestDenied")
    return asked.site.page(asked, "failed", status=403, reason="réponse refusée")


def _in_a_form(auth: OneLogin_Saml2_Auth, keys: saml_keys.Keys) -> str:
    """Return the request as a form carries it, its signature within (Bindings, section 3.5.4)."""
    signed = OneLogin_Saml2_Utils.add_sign(auth.get_last_request_xml(), keys.private, keys.certificate)
    return b64encode(signed).decode()
