"""An answer carried by the browser to an application, and the page of a request that leads nowhere."""

from collections.abc import Mapping

from csp.constants import SELF
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from convergences.catalog.models import Application
from convergences.web.entrance.entering import unkept

LONGEST_DETAIL = 200


def by_form(
    request: HttpRequest, application: Application, address: str, fields: Mapping[str, str], *, origin: str
) -> HttpResponse:
    """Answer a page whose form the browser posts to the application's registered `address`.

    Of this page alone the policy lets a form leave the site, and for that `origin` only. It goes by itself, or by its
    button where there is no script.

    The application may answer the form by sending the browser back here (refused without a page, it asks again with
    one), and Chromium holds that redirection to the form's policy too: without `SELF` the agent would wait for ever.
    """
    context = {"address": address, "answer": fields, "application": application}
    response = unkept(render(request, "web/by_form.html", context))
    response._csp_replace = {"form-action": [origin, SELF]}  # type: ignore[attr-defined]  # noqa: SLF001 - django-csp's way
    return response


def refused(request: HttpRequest, sentence: str, *, detail: str, status: int = 400) -> HttpResponse:
    """Say that a request is not followed: no address of it can be trusted. `detail` is for whoever helps the agent."""
    shown = "".join(sign if sign.isprintable() else "�" for sign in detail[:LONGEST_DETAIL])
    context = {"sentence": sentence, "description": shown}
    return unkept(render(request, "web/refused_request.html", context, status=status))
