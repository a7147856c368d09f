"""What the browser of who answers keeps: how they came in, sealed, for a few hours.

It opens nothing by itself: at each request the link must still be alive, or the letter still be the last one printed.
"""

import datetime as dt
import json
from dataclasses import asdict, dataclass

from cryptography.fernet import InvalidToken
from django.http import HttpRequest, HttpResponseBase

from convergences.campaigns.errors import DeadLink
from convergences.campaigns.models import Invitation
from convergences.campaigns.services import answering, links
from convergences.foundations import clock
from convergences.foundations.sealing import seal, unseal
from convergences.web.serving import cookies

LASTS = dt.timedelta(hours=8)
COOKIE = f"{cookies.PREFIX}designation"
_USE = "designation/entrance"


@dataclass(frozen=True, slots=True, repr=False)  # a trace must not show a secret
class Entrance:
    """How one came in: by the secret of a link, or by the code of a letter of a given print."""

    token: str = ""
    invitation: int = 0
    letter_code: str = ""
    printed: str = ""


def by_letter(invitation: Invitation, code: str) -> Entrance:
    """Return the entrance by a letter whose code was right."""
    return Entrance(invitation=invitation.pk, letter_code=code, printed=_printed(invitation))


def keep(response: HttpResponseBase, entrance: Entrance) -> None:
    """Give the browser its entrance."""
    until = (clock.now() + LASTS).timestamp()
    sealed = seal(json.dumps({**asdict(entrance), "until": until}), use=_USE)
    cookies.keep(response, COOKIE, sealed, seconds=int(LASTS.total_seconds()))


def forget(response: HttpResponseBase) -> None:
    """Take back what the browser keeps."""
    response.delete_cookie(COOKIE, path="/", samesite="Lax")


def brought(request: HttpRequest) -> Entrance | None:
    """Return what the browser brings; None when it is absent, altered or too old."""
    try:
        content = json.loads(unseal(request.COOKIES.get(COOKIE, ""), use=_USE))
    except InvalidToken:
        return None
    return Entrance(**content) if content.pop("until") > clock.now().timestamp() else None


def invitation_of(entrance: Entrance) -> Invitation:
    """Return the invitation that an entrance opens today; raises `DeadLink`."""
    if entrance.token:
        return links.find(entrance.token)
    found = answering.find(entrance.invitation)
    if _printed(found) != entrance.printed:
        raise DeadLink  # the letter was printed again: the former may be in the wrong hands
    return found


def _printed(invitation: Invitation) -> str:
    return invitation.letter_made_at.isoformat() if invitation.letter_made_at else ""
