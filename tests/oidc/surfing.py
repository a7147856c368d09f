"""A browser of the live tests: cookies, redirections, forms, and pages that go on by themselves."""

import html
import re
from dataclasses import dataclass, field
from urllib.parse import urljoin

import requests

_REFRESH = re.compile(r'http-equiv="refresh" content="0;url=([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_FORM = re.compile(r"<form[^>]*?(?:method=\"post\"[^>]*?)?(?:action=\"([^\"]*)\")?[^>]*>.*?</form>", re.DOTALL)


@dataclass
class Surfer:
    """Somebody at a browser."""

    session: requests.Session = field(default_factory=requests.Session)
    page: requests.Response = field(default_factory=requests.Response)

    def go(self, address: str) -> str:
        """Open an address; return the page that it ends on."""
        return self._arrive(self.session.get(address, timeout=20))

    def send(self, words: dict[str, str], *, button: str) -> str:
        """Fill the form that holds this button, and send it; return the page that it ends on."""
        form = next(found for found in _FORM.finditer(self.page.text) if button in found[0])
        hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(form[0])}
        target = re.search(r'action="([^"]*)"', form[0])
        address = urljoin(self.page.url, html.unescape(target[1]) if target else "")
        return self._arrive(
            self.session.post(address, {**hidden, **words}, headers={"Referer": self.page.url}, timeout=20)
        )

    def link(self, label: str) -> str:
        """Return where the link of this label leads."""
        found = next(
            link for link in re.finditer(r'<a[^>]*href="([^"]*)"[^>]*>(.*?)</a>', self.page.text) if label in link[2]
        )
        return urljoin(self.page.url, html.unescape(found[1]))

    def _arrive(self, response: requests.Response) -> str:
        self.page = response
        onward = _REFRESH.search(response.text)
        return self.go(urljoin(response.url, html.unescape(onward[1]))) if onward else response.text
