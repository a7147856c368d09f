"""`python -m tests.clients.authlib_site DESCRIPTION`: a web server around the example of Authlib, sessions in memory.

The description is JSON: the settings of the example.
"""

import json
import secrets
import sys
from collections.abc import Callable
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tests.clients.examples.authlib_client import Portal

Session = dict[str, Any]


class Site:
    """The application: what each page does to the session of a browser, and where it leads or what it shows."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.portal = Portal(**settings)
        self.origin = settings["redirect_uri"].removesuffix("/retour")
        self.sessions: dict[str, Session] = {}
        self.pages: dict[str, Callable[[Session, str], str | dict[str, Any]]] = {
            "/": lambda session, _: session.get("entered", "/connexion"),
            "/connexion": self.sign_in,
            "/retour": self.receive,
            "/qui": lambda session, _: self.portal.who(session["entered"]),
            "/renouveler": self.renew,
            "/quitter": lambda session, _: self.portal.leave(session.pop("entered")),
            "/au-revoir": lambda _, __: {},
        }

    def sign_in(self, session: Session, query: str) -> str:
        """Ask the portal who this is."""
        address, session["asked"] = self.portal.sign_in(**dict(parse_qsl(query)))
        return address

    def receive(self, session: Session, query: str) -> str:
        """Let in whom the portal names, in a session of another name."""
        entered = self.portal.receive(f"{self.origin}/retour?{query}", session.pop("asked"))
        del self.sessions[session["key"]]
        session.update(self.new_session(), entered=entered)
        self.sessions[session["key"]] = session
        return "/"

    def renew(self, session: Session, _query: str) -> dict[str, Any]:
        """Ask for fresh tokens."""
        session["entered"] = self.portal.renew(session["entered"])
        return dict(session["entered"])

    def told(self, form: str) -> None:
        """End the sessions that the portal names."""
        sid = self.portal.told(parse_qs(form)["logout_token"][0])
        over = [key for key, session in self.sessions.items() if session.get("entered", {}).get("sid") == sid]
        for key in over:
            del self.sessions[key]

    def new_session(self) -> Session:
        """Open a session, of nobody yet."""
        key = secrets.token_urlsafe()
        self.sessions[key] = {"key": key}
        return self.sessions[key]


class Handler(BaseHTTPRequestHandler):
    """HTTP around the site."""

    site: Site

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("authlib")
        session = self.site.sessions.get(cookie.value if cookie else "") or self.site.new_session()
        try:
            said = self.site.pages[path](session, query)
        except Exception as error:
            return self._answer(400, {"name": type(error).__name__, "error": getattr(error, "error", str(error))})
        headers = {"Set-Cookie": f"authlib={session['key']}; Path=/; HttpOnly"}
        if isinstance(said, str):
            return self._answer(303, {}, {**headers, "Location": said})
        return self._answer(200, said, headers)

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        try:
            self.site.told(form)
        except Exception as error:
            return self._answer(400, {"name": type(error).__name__})
        return self._answer(200, {})

    def _answer(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        written = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(written)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(written)


def main() -> None:
    """Serve until stopped."""
    settings = json.loads(sys.argv[1])
    Handler.site = Site(settings)
    port = urlsplit(settings["redirect_uri"]).port
    ThreadingHTTPServer(("127.0.0.1", port or 0), Handler).serve_forever()


if __name__ == "__main__":
    main()
