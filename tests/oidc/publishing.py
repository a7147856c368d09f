"""What applications publish on the Web of the tests, how often it is read, and when nobody answers."""

import json
from typing import Any

import pytest

from convergences.foundations import outbound
from convergences.foundations.outbound import Answer, Unreachable


class Web:
    """Addresses and what each answers: an object, a text, a whole answer, or an error."""

    def __init__(self) -> None:
        self.pages: dict[str, Any] = {}
        self.read: list[str] = []

    def get(self, url: str, **_how: Any) -> Answer:
        """Answer as `outbound.get` would."""
        self.read.append(url)
        page = self.pages.get(url, Unreachable("nobody"))
        if isinstance(page, Exception):
            raise page
        if isinstance(page, Answer):
            return page
        body = page if isinstance(page, str) else json.dumps(page)
        return Answer(200, "application/json", body.encode())


def replace_the_web(monkeypatch: pytest.MonkeyPatch) -> Web:
    """Put a Web of the tests in the place of the real one."""
    web = Web()
    monkeypatch.setattr(outbound, "get", web.get)
    return web
