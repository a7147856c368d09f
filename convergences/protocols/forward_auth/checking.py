"""`/gate/check`: may this request pass? Asked by a server at each request of its browsers.

| answer | what it says |
|---|---|
| 200 | yes: `telling.headers` |
| 401 | nobody is known here; a page that is opened may go to the address given (`Location`, `X-Gate-Start`) |
| 403 | no; a page that is opened may go to that address, and read there why and whom to ask; else it makes no sense |
| 503 | we cannot tell |

Every answer comes from `admission` at that instant. What is kept between two requests is a text and its signature, told
again of what is read the same; never a right.
"""

from functools import partial
from html import escape
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.db import DatabaseError

from convergences.admission import services as admission
from convergences.admission.decisions import SignIn
from convergences.admission.leading import Under
from convergences.foundations import clock
from convergences.protocols.forward_auth import addresses, queries, telling
from convergences.protocols.forward_auth import asking as reading
from convergences.protocols.forward_auth.addresses import Address
from convergences.protocols.forward_auth.asking import Original
from convergences.protocols.forward_auth.queries import Found
from convergences.protocols.forward_auth.services import uses
from convergences.web.entrance.attributes import Person
from convergences.web.machines.hot import Answer, Asking

log = structlog.get_logger("convergences.forward_auth")

_UNKEPT = ("Cache-Control", "no-store")
_TEXT = ("Content-Type", "text/plain; charset=utf-8")
_HTML = ("Content-Type", "text/html; charset=utf-8")
_YES = ((_TEXT), _UNKEPT)
_UNSURE = Answer(503, (_TEXT, _UNKEPT, ("Retry-After", "5")), b"")
# For who has sent a form and cannot be led elsewhere: Traefik and Caddy pass it on.
_SAID = {
    401: "Vous n’êtes plus connecté. Rien n’a été envoyé : connectez-vous dans un autre onglet, puis revenez en "
    "arrière et envoyez de nouveau.".encode(),
    403: "Cela ne vous est pas ouvert. Rien n’a été envoyé : ouvrez l’application dans un autre onglet, le portail y "
    "dit pourquoi, et à qui le demander.".encode(),
}
# nginx passes an answer's page to nobody; Traefik and Caddy pass it to the browser, which goes on by itself.
_PAGE = (
    '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Connexion</title>'
    '<meta http-equiv="refresh" content="0;url={address}"></head>'
    '<body><p><a href="{address}">Continuer vers le portail</a></p></body></html>'
)


def answer(asking: Asking) -> Answer:
    """Answer one request."""
    try:
        return _answered(asking)
    except DatabaseError:
        log.exception("the check cannot be answered")
        return _UNSURE


def _answered(asking: Asking) -> Answer:
    original = reading.original(asking)
    if original is None:
        log.warning("a check that cannot be believed", peer=asking.header("REMOTE_ADDR"))
        return _stopped(403, "The peer is none of TRUSTED_PROXIES, or the address is malformed or missing.")
    now = clock.now()
    found = queries.application_at(original.address, reading.secret(asking, reading.PASS_COOKIE), now=now)
    if found is None:
        return _stopped(403, "No application is registered at this address, or its path can be read in two ways.")
    if found.pass_id is None or found.under is None:
        return _sent(401, original)
    wanting = admission.wanting(found.under, now=now)
    if wanting is not None:
        return _sent(401 if isinstance(wanting, SignIn) else 403, original)
    uses.note(found.pass_id)
    told = telling.young.headers(found.pass_id, found.led, partial(_told, found.under, found))
    return Answer(200, (*_YES, *told), b"")


def _told(under: Under, found: Found) -> telling.Headers:
    person = Person(under.membership(), under.visit.facts.roles)
    return telling.headers(person, found.application, telling.Proved.of(under.visit))


def start_of(address: Address) -> str:
    """Return where a browser goes to enter, or to read why it may not: on the application's own host first.

    It comes back to the page; without its query, or at the root, where the whole would be too long to be carried.
    """
    known = (address.whole, f"{address.origin}{address.path}", f"{address.origin}/")
    back = next(each for each in known if len(each) <= addresses.LONGEST)
    return f"{address.origin}/gate/start?{urlencode({'rd': back})}"


def _sent(status: int, original: Original) -> Answer:
    challenge = (("WWW-Authenticate", f'Gate realm="{settings.BASE_URL}"'),) if status == 401 else ()  # noqa: PLR2004
    if not original.goes_there:
        return Answer(status, (_TEXT, _UNKEPT, *challenge), _SAID[status])
    start = start_of(original.address)
    page = _PAGE.format(address=escape(start)).encode()
    return Answer(status, (_HTML, _UNKEPT, *challenge, ("Location", start), ("X-Gate-Start", start)), page)


def _stopped(status: int, why: str) -> Answer:
    return Answer(status, (_TEXT, _UNKEPT), why.encode())
