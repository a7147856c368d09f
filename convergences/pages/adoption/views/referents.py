"""The référents who never came, and their invitation sent again."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from convergences.adoption import queries
from convergences.adoption.services import calling
from convergences.directory.errors import UnknownMember
from convergences.directory.models import Membership
from convergences.directory.queries import open_membership, state_of
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.adoption.showing import BY_PAGE, page
from convergences.web.actor import actor_of
from convergences.web.entrance.guards import for_correspondent
from convergences.web.forms.narrowing import Asked
from convergences.web.requests import CorrespondentRequest


@for_correspondent
@require_safe
def referents(request: CorrespondentRequest) -> HttpResponse:
    """List them, those invited longest ago first."""
    asked = Asked.read(request.GET)
    found = queries.never_connected(asked.narrowing)
    # Keys first: the database sorts narrow rows, and loads those of the page alone with all that is shown of them.
    shown = Paginator(found.values_list("pk", flat=True), BY_PAGE).get_page(request.GET.get("page"))
    lines = [(each, _standing(each)) for each in found.filter(pk__in=list(shown.object_list))]
    return page(request, "adoption/referents.html", {"asked": asked, "lines": lines, "page_obj": shown})


@for_correspondent
@require_POST
def call(request: CorrespondentRequest, member: UUID) -> HttpResponse:
    """Send one the invitation again, and come back to the same list."""
    try:
        held = calling.call_again(open_membership(member), actor=actor_of(request))
    except UnknownMember:
        raise Http404 from None
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, french(f"Une nouvelle invitation part à {held.email}."))
    query = Asked.read(request.POST).query(page=request.POST.get("page", ""))
    path = reverse("adoption:referents")
    return HttpResponseRedirect(f"{path}?{query}" if query else path)


def _standing(member: Membership) -> str:
    """Say what may be done: `call`, `today` (an invitation left today), `opened` (they have a password already)."""
    if state_of(member) != "invited":
        return "opened"
    sent = member.invited_at
    return "today" if sent is not None and clock.day_of(sent) == clock.today() else "call"
