"""The two documents that clients read: written once, and again as soon as what they say has changed."""

from collections.abc import Callable, Hashable

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse

from convergences.foundations import keys
from convergences.protocols.oidc.endpoints import discovery
from convergences.web.machines.hot import Answer, Asking


class _Kept:
    """The last answer of a view, good as long as what it says is called the same."""

    def __init__(self, view: Callable[[HttpRequest], HttpResponse]) -> None:
        self.view = view
        self.last: tuple[Hashable, Answer] | None = None

    def answer(self, asking: Asking, called: Hashable) -> Answer:
        """Return the view's answer, asked again when its content is called otherwise."""
        last = self.last
        if last is None or last[0] != called:
            last = self.last = called, Answer.of(self.view(WSGIRequest(asking.environ)))
        return last[1]


_JWKS, _CONFIGURATION = _Kept(discovery.jwks), _Kept(discovery.configuration)


def jwks(asking: Asking) -> Answer:
    """Answer the public keys of this moment, which `keys` reads anew every minute. A key's name says all of it."""
    return _JWKS.answer(asking, tuple(str(key["kid"]) for key in keys.published_jwks()["keys"]))


def configuration(asking: Asking) -> Answer:
    """Answer what the server does: it changes with the code only."""
    return _CONFIGURATION.answer(asking, "")
