"""The demo's mail: what would have been sent, to anybody. Absent from any installation that sends mail."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from convergences.foundations.models import DemoLetter
from convergences.foundations.smtp_url import is_mailbox
from convergences.web.entrance.guards import open_to_strangers

PAGE = 30
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
# Links of the mail leave its frame: within it they would be refused.
BASE = '<base target="_top">'


def demo_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer 404 unless this is a demo that keeps its mail: the codes of everybody are in it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (settings.CONFIGURATION.demo and is_mailbox(settings.EMAIL_URL)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@open_to_strangers
@demo_only
def letters(request: HttpRequest) -> HttpResponse:
    """List the mails, newest first, for one recipient if asked."""
    query = request.GET.get("q", "").strip()[:254]
    found = DemoLetter.objects.order_by("-delivered_at", "-pk")
    if query:
        found = found.filter(recipient__icontains=query)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "home/mailbox.html", {"page_obj": page, "q": query})


@require_safe
@open_to_strangers
@demo_only
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # it takes views with arguments, whatever it says
def letter(request: HttpRequest, number: int) -> HttpResponse:
    """Show one mail, as formatted and as text."""
    return render(request, "home/letter.html", {"letter": get_object_or_404(DemoLetter, pk=number)})


@require_safe
@open_to_strangers
@demo_only
@xframe_options_sameorigin
def message(request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG001
    """Give a mail's own HTML, whose styles are inline as mail readers want them, under a policy of its own."""
    html = get_object_or_404(DemoLetter, pk=number).html
    return HttpResponse(html.replace("<head>", f"<head>{BASE}", 1), headers={"Content-Security-Policy": MAIL_POLICY})
