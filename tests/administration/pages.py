"""What these tests do again and again: build an address, fill the steps, read the secret of a page."""

import html
import re
from typing import Any

from django.test import Client

from tests.team.pages import plain, words

__all__ = ["ABOUT", "ACCESS", "CONNECTION", "address", "create", "hidden", "plain", "secret_of", "seen_of", "words"]

ABOUT = {
    "name": "Gestion des concours",
    "tagline": "Organiser les épreuves",
    "url": "https://concours.example/",
    "category": "Emploi",
    "icon": "school",
    "slug": "concours",
    "protocol": "oidc",
}
ACCESS: dict[str, Any] = {
    "assurance": "password",
    "affiliations": ["affiliated", "center"],
    "roles": "Consulter = reader\nGérer les épreuves = manager",
    "attributes": ["email", "given_name", "usual_name", "roles"],
}
CONNECTION = {"kind": "web", "redirect_uris": "https://concours.example/retour"}


def address(slug: str = "concours", act: str = "") -> str:
    """Return an address about an application."""
    return f"/administration/applications/{slug}" + (f"/{act}" if act else "")


def create(engineer: Client, *, here: int = 4, go: str = "create", **changes: Any) -> Any:
    """Post a step of the creation, or its end, with all that honest steps carry."""
    form = {**ABOUT, **ACCESS, **CONNECTION, "here": here, "seen": here, "go": go, **changes}
    data = {name: value for name, value in form.items() if value is not None}
    return engineer.post("/administration/nouvelle-application", data)


def secret_of(response: Any) -> str:
    """Return the secret that a page shows."""
    found = re.search(r"<code[^>]*data-once>([^<]+)</code>", response.content.decode())
    assert found, plain(words(response))
    return html.unescape(found[1])


def seen_of(response: Any) -> str:
    """Return what a sheet's form sends back about the secrets that it knew."""
    return hidden(response).get("seen", [""])[0]


def hidden(response: Any) -> dict[str, list[str]]:
    """Return the hidden inputs of the page's main part."""
    main = response.content.decode().partition("<main")[2]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main):
        found.setdefault(name, []).append(html.unescape(value))
    return found
