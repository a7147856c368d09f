"""Answers that go through the browser: back to the client, to one of our pages, or to a page of refusal."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from convergences.protocols.oidc import redirects
from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.errors import (
    InvalidRequestObject,
    InvalidRequestUri,
    OidcRefusal,
    RedirectUriRefused,
    RequestTooLarge,
    UnknownClient,
)
from convergences.web.returning import continue_to

SENTENCES: dict[type[OidcRefusal], str] = {
    UnknownClient: "L’application qui vous envoie n’est pas, ou plus, raccordée à ce portail.",
    RedirectUriRefused: "L’application qui vous envoie demande à revenir à une adresse qu’elle n’a pas déclarée.",
    InvalidRequestUri: "La demande de l’application qui vous envoie a expiré, ou a déjà servi.",
    InvalidRequestObject: "La demande de l’application qui vous envoie n’est pas signée comme elle doit l’être.",
    RequestTooLarge: "La demande de l’application qui vous envoie est trop longue.",
}


def see_other(address: str) -> HttpResponse:
    """Send the browser elsewhere, always by GET: a 307 would post again what was typed (RFC 9700, section 4.12)."""
    return _unkept(HttpResponse(status=303, headers={"Location": address}))


def to_client(request: HttpRequest, asked: Asked, parameters: dict[str, str]) -> HttpResponse:
    """Send the browser back to the client: `state` as it came, and who answers (`iss`, RFC 9207, section 2)."""
    answer = dict(parameters)
    if state := asked.one("state"):
        answer["state"] = state
    answer["iss"] = settings.BASE_URL
    if asked.response_mode == "form_post":
        return _by_form(request, asked, answer)
    return _unkept(continue_to(request, _with_query(asked.return_to, answer)))


def _with_query(address: str, answer: dict[str, str]) -> str:
    # The address is the client's own, to the letter: only the answer is added (RFC 6749, section 3.1.2).
    return f"{address}{'&' if '?' in address else '?'}{urlencode(answer)}"


def _by_form(request: HttpRequest, asked: Asked, answer: dict[str, str]) -> HttpResponse:
    """Answer a page whose form the browser posts to the client (OAuth 2.0 Form Post Response Mode, section 2).

    Of this page alone the policy lets a form leave the site, and for the registered address only.
    """
    context = {"address": asked.return_to, "answer": answer, "application": asked.known_client.application}
    response = _unkept(render(request, "oidc/form_post.html", context))
    response._csp_replace = {"form-action": [redirects.origin(asked.return_to)]}  # type: ignore[attr-defined]  # noqa: SLF001 - django-csp's way
    return response


def _error(error: OidcRefusal) -> dict[str, str]:
    """Return the parameters of an error (RFC 6749, section 4.1.2.1)."""
    described = {"error_description": error.description} if error.description else {}
    return {"error": error.code, **described}


def refuse(request: HttpRequest, asked: Asked, error: OidcRefusal) -> HttpResponse:
    """Send an error to the client when it may travel; else show a page, for the address is nobody's."""
    if error.travels and asked.return_to:
        return to_client(request, asked, _error(error))
    context = {"sentence": SENTENCES.get(type(error), "Cette demande est malformée."), "description": error.description}
    return _unkept(render(request, "oidc/refused_request.html", context, status=error.status))


def stronger_needed(request: HttpRequest, asked: Asked, *, way_back: str) -> HttpResponse:
    """Say that the application asks for a sign-in stronger than this one; `way_back` leads to it, with the error."""
    context = {"application": asked.known_client.application, "way_back": way_back, "space": "portail"}
    return _unkept(render(request, "web/stronger_needed.html", context, status=403))


def to_sign_in(asked: Asked, next_address: str, *, again: bool = False) -> HttpResponse:
    """Send the browser to the sign-in page, whence it comes back to `next_address`.

    `again`: somebody is signed in, which does not do; they are shown the form all the same.
    """
    parameters = {"next": next_address, **({"encore": "1"} if again else {})}
    if hint := asked.one("login_hint"):
        parameters["identifiant"] = hint
    return see_other(f"{reverse('sign_in:login')}?{urlencode(parameters)}")


def to_choice_of_employer(slug: str, next_address: str) -> HttpResponse:
    """Send the browser to the page that asks for which employer, whence it comes back to `next_address`."""
    return see_other(f"{reverse('home:choose_employer', args=[slug])}?{urlencode({'next': next_address})}")


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
