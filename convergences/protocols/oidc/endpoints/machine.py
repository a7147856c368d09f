"""What endpoints called by machines share: JSON answers that nobody keeps, JSON errors, forms read strictly."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from convergences.protocols.oidc import dpop
from convergences.protocols.oidc.checks.asked import MAY_REPEAT
from convergences.protocols.oidc.errors import InvalidClient, InvalidRequest, OidcRefusal, UseDpopNonce
from convergences.web.entrance.guards import open_to_strangers

LARGEST_FORM = 16_384
View = Callable[[HttpRequest], HttpResponse]


def answer(content: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Return a JSON answer that no cache keeps (RFC 6749, section 5.1)."""
    response = HttpResponse(json.dumps(content), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response


def refuse(error: OidcRefusal) -> HttpResponse:
    """Return a JSON error (RFC 6749, section 5.2)."""
    response = answer({"error": error.code, "error_description": error.description}, status=error.status)
    if isinstance(error, InvalidClient):
        response["WWW-Authenticate"] = f'Basic realm="{settings.BASE_URL}"'
    if isinstance(error, UseDpopNonce):
        response[dpop.NONCE_HEADER] = dpop.nonce()
    return response


def form_endpoint(view: View) -> View:
    """Make a POST endpoint for clients of a view that may raise `OidcRefusal`.

    No cookie counts here: the client proves who it is, so the CSRF token has nothing to protect.
    """

    @wraps(view)
    def endpoint(request: HttpRequest) -> HttpResponse:
        try:
            _read_form(request)
            return view(request)
        except OidcRefusal as error:
            return refuse(error)

    return csrf_exempt(open_to_strangers(require_http_methods(["POST"])(endpoint)))


def _read_form(request: HttpRequest) -> None:
    """Refuse what is not a small form whose fields come once (RFC 6749, section 3.2), before anything is looked up.

    `resource` may come several times (RFC 8707, section 2).
    """
    if request.content_type != "application/x-www-form-urlencoded":
        raise InvalidRequest("The body must be application/x-www-form-urlencoded")
    if not (request.META.get("CONTENT_LENGTH") or "0").isdigit() or len(request.body) > LARGEST_FORM:
        raise InvalidRequest("The body is too large")
    if any(len(values) > 1 and name != MAY_REPEAT for name, values in request.POST.lists()):
        raise InvalidRequest("A parameter is repeated")
