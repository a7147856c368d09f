"""What a browser protocol answers when admission has not said `Enter`: the same pages, whatever the protocol.

`here` is the address, a path of ours, where the agent comes back once they have done what is asked. A sign-in asked
for again (`prompt=login`, `ForceAuthn`, `renew`) leaves with a proof: the instant since which we ask, signed for that
very request and no other, which only a later sign-in answers.
"""

import datetime as dt
import hmac
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac

from convergences.admission.decisions import ChooseEmployer, Refuse, SignIn, StepUp
from convergences.catalog.models import Application
from convergences.web.entrance.refusals import refusal_page
from convergences.web.entrance.stepping_up import to_step_up

_SALT = "convergences.sign-in-proof"
LIFETIME = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An agent sent by an application: where to come back, and how to leave for the application with its refusal."""

    request: HttpRequest
    application: Application
    here: str
    way_back: str = ""


def answer(arrival: Arrival, obstacle: SignIn | StepUp | ChooseEmployer | Refuse) -> HttpResponse:
    """Return the page, or the way to the page, of what stands between an agent and the application."""
    match obstacle:
        case SignIn():
            return to_sign_in(arrival.here)
        case ChooseEmployer():
            return to_choice_of_employer(arrival.application.slug, arrival.here)
        case StepUp():
            return to_step_up(arrival.application, obstacle, here=arrival.here, way_back=arrival.way_back)
        case Refuse():
            return refusal_page(arrival.request, arrival.application, obstacle, way_back=arrival.way_back)


def to_sign_in(here: str, *, again: bool = False, identifier: str = "") -> HttpResponse:
    """Send the browser to the sign-in page, whence it comes back to `here`.

    `again`: somebody is signed in, which does not do; they are shown the form all the same. `identifier` fills it.
    """
    parameters = {"next": here, **({"encore": "1"} if again else {})}
    if identifier:
        parameters["identifiant"] = identifier
    return see_other(f"{reverse('sign_in:login')}?{urlencode(parameters)}")


def to_choice_of_employer(slug: str, here: str) -> HttpResponse:
    """Send the browser to the page that asks for which employer, whence it comes back to `here`."""
    return see_other(f"{reverse('home:choose_employer', args=[slug])}?{urlencode({'next': here})}")


def see_other(address: str) -> HttpResponse:
    """Send the browser elsewhere, always by GET: a 307 would post again what was typed (RFC 9700, section 4.12)."""
    return unkept(HttpResponse(status=303, headers={"Location": address}))


def unkept(response: HttpResponse) -> HttpResponse:
    """Keep an answer out of every cache."""
    response["Cache-Control"] = "no-store"
    return response


def proof(request_of: str, now: dt.datetime) -> str:
    """Return the signed instant from which a sign-in answers this request (its text), and no other."""
    return signing.dumps({"at": now.timestamp(), "for": _fingerprint(request_of)}, salt=_SALT)


def asking_since(given: str, request_of: str) -> dt.datetime | None:
    """Return the instant held by a proof of ours for this request, or None when it is absent, altered or old."""
    if not given:
        return None
    try:
        content = signing.loads(given, salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return None
    if not hmac.compare_digest(str(content.get("for")), _fingerprint(request_of)):
        return None
    return dt.datetime.fromtimestamp(content["at"], tz=dt.UTC)


def _fingerprint(request_of: str) -> str:
    return salted_hmac(_SALT, request_of, algorithm="sha256").hexdigest()
