"""Views that no door has, to hold the middlewares to their word; `settings.ROOT_URLCONF` points here in a few tests."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.http import require_POST

from convergences.foundations import clock
from convergences.foundations.models import DemoLetter
from convergences.project.urls import handler400, handler403, handler404, handler500, urlpatterns
from convergences.web.entrance.guards import for_referent, open_to_strangers, writes_on_get
from convergences.web.requests import EmployerRequest

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def closed(request: HttpRequest) -> HttpResponse:
    """Say who came."""
    return HttpResponse(str(getattr(request, "agent", None)))


@open_to_strangers
def boom(_request: HttpRequest) -> HttpResponse:
    """Break down."""
    raise RuntimeError("secret detail")


@open_to_strangers
def denied(_request: HttpRequest) -> HttpResponse:
    """Refuse."""
    raise PermissionDenied


def _write() -> HttpResponse:
    DemoLetter.objects.create(recipient="a@b.example", subject="s", text="t", html="h", delivered_at=clock.now())
    return HttpResponse("written")


@open_to_strangers
def writing(_request: HttpRequest) -> HttpResponse:
    """Write, without having said so."""
    return _write()


@open_to_strangers
@writes_on_get("a test")
def allowed(_request: HttpRequest) -> HttpResponse:
    """Write, having said so."""
    return _write()


@open_to_strangers
@require_POST
def posted(request: HttpRequest) -> HttpResponse:
    """Answer a form."""
    return HttpResponse(request.POST.get("a", ""))


def framed(request: HttpRequest) -> HttpResponse:
    """Show an empty page of the directory."""
    return render(request, "web/app.html")


@for_referent
def team(request: EmployerRequest) -> HttpResponse:
    """Say which organization."""
    return HttpResponse(request.organization.key)


urlpatterns = [
    path("probe/", include([
        path("closed", closed), path("framed", framed), path("boom", boom), path("denied", denied),
        path("writing", writing), path("allowed", allowed), path("posted", posted),
        path("team/<slug:organization>", team),
    ])),
    *urlpatterns,
]  # fmt: skip
