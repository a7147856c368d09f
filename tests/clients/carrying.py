"""A browser whose pages post their own form at once, as SAML's do."""

from dataclasses import dataclass
from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin

import requests
from lxml import html

from tests.oidc.surfing import Surfer

_CARRIED = ("SAMLRequest", "SAMLResponse")


class _AsBrowsersDo(DefaultCookiePolicy):
    """Python's own refuses `Domain=localhost`, which browsers take from localhost."""

    def set_ok_domain(self, cookie: Cookie, request: Any) -> bool:
        if cookie.domain == ".localhost":
            cookie.domain, cookie.domain_specified = "localhost.local", False
        return bool(super().set_ok_domain(cookie, request))


@dataclass
class Carrier(Surfer):
    """Somebody at a browser with scripts."""

    def __post_init__(self) -> None:
        self.session.cookies.set_policy(_AsBrowsersDo())

    def _arrive(self, response: requests.Response) -> str:
        self.page = response
        if form := carried(response):
            action, fields = form
            # A page of another site has posted it: browsers say from which.
            return self._arrive(self.session.post(action, fields, headers={"Referer": response.url}, timeout=20))
        if link := followed(response):
            return self.go(link)
        return super()._arrive(response)


def carried(response: requests.Response) -> tuple[str, dict[str, str]] | None:
    """Return where a page posts a message of SAML by itself, and what; None when it does not."""
    if not any(name in response.text for name in _CARRIED):
        return None
    for form in html.fromstring(response.content).forms:
        fields = {str(name): str(value) for name, value in form.form_values()}
        if any(name in fields for name in _CARRIED):
            return urljoin(response.url, form.action), fields
    return None


def followed(response: requests.Response) -> str:
    """Return the link that a page of the portal follows by itself; nothing when there is none."""
    if "data-submit" not in response.text:
        return ""
    found = html.fromstring(response.content).xpath("//a[@data-submit]/@href")
    return urljoin(response.url, str(found[0])) if found else ""
