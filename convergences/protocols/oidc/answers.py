"""Answers that go through the browser: back to the client, to one of our pages, or to a page of refusal."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from convergences.protocols.oidc import redirects
from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.errors import (
    InvalidRequestObject,
    InvalidRequestUri,
    OidcRefusal,
    RedirectUriRefused,
    RequestNotRead,
    RequestTooLarge,
    UnknownClient,
)
from convergences.web.entrance import handing_over
from convergences.web.entrance.entering import unkept
from convergences.web.entrance.returning import continue_to

SENTENCES: dict[type[OidcRefusal], str] = {
    UnknownClient: "L’application qui vous envoie n’est pas, ou plus, raccordée à ce portail.",
    RedirectUriRefused: "L’application qui vous envoie demande à revenir à une adresse qu’elle n’a pas déclarée.",
    RequestNotRead: "La demande de l’application qui vous envoie n’a pas pu être lue là où elle la garde.",
    InvalidRequestUri: "La demande de l’application qui vous envoie a expiré, ou a déjà servi.",
    InvalidRequestObject: "La demande de l’application qui vous envoie n’est pas signée comme elle doit l’être.",
    RequestTooLarge: "La demande de l’application qui vous envoie est trop longue.",
}


def to_client(request: HttpRequest, asked: Asked, parameters: dict[str, str]) -> HttpResponse:
    """Send the browser back to the client, by the way that it asked for."""
    if asked.response_mode == "form_post":
        application, back = asked.known_client.application, asked.return_to
        # OAuth 2.0 Form Post Response Mode, section 2.
        return handing_over.by_form(
            request, application, back, _whole(asked, parameters), origin=redirects.origin(back)
        )
    return unkept(continue_to(request, address(asked, parameters)))


def address(asked: Asked, parameters: dict[str, str]) -> str:
    """Return the client's own address, to the letter, with the answer added (RFC 6749, section 3.1.2)."""
    back = asked.return_to
    return f"{back}{'&' if '?' in back else '?'}{urlencode(_whole(asked, parameters))}"


def _whole(asked: Asked, parameters: dict[str, str]) -> dict[str, str]:
    """Return an answer with `state` as it came, and who answers (`iss`, RFC 9207, section 2)."""
    state = asked.one("state")
    return {**parameters, **({"state": state} if state else {}), "iss": settings.BASE_URL}


def _error(error: OidcRefusal) -> dict[str, str]:
    """Return the parameters of an error (RFC 6749, section 4.1.2.1)."""
    described = {"error_description": error.description} if error.description else {}
    return {"error": error.code, **described}


def refuse(request: HttpRequest, asked: Asked, error: OidcRefusal) -> HttpResponse:
    """Send an error to the client when it may travel; else show a page, for the address is nobody's."""
    if error.travels and asked.return_to:
        return to_client(request, asked, _error(error))
    sentence = SENTENCES.get(type(error), "Cette demande est malformée.")
    return handing_over.refused(request, sentence, detail=error.description, status=error.status)
