"""An employer has attached the agent's account: they accept or decline."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from convergences.directory import queries as directory
from convergences.directory.errors import UnknownMember
from convergences.directory.models import Membership
from convergences.directory.names import of
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.lifecycle import services as lifecycle
from convergences.pages.account.showing import UNPROCESSABLE, page
from convergences.web.actor import actor_of
from convergences.web.requests import AgentRequest


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_attachment(request: AgentRequest, uid: uuid.UUID) -> HttpResponse:
    """Show who asks and what follows, then take the answer. Somebody else's attachment is not found."""
    try:
        attachment = directory.attachment(request.agent, uid)
    except UnknownMember:
        raise Http404 from None
    answers = request.POST.getlist("answer")
    if request.method != "POST" or answers not in (["accept"], ["decline"]):
        return _show(request, attachment, status=UNPROCESSABLE if request.method == "POST" else 200)
    [answer] = answers
    act = lifecycle.confirm if answer == "accept" else lifecycle.decline
    try:
        act(attachment, actor=actor_of(request))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        whose = of(attachment.organization.name)
        done = f"Le rattachement {whose} est {'accepté' if answer == 'accept' else 'refusé'}."
        messages.success(request, french(done))
    return HttpResponseRedirect(reverse("account:profile"))


def _show(request: AgentRequest, attachment: Membership, *, status: int) -> HttpResponse:
    return page(request, "account/confirm_attachment.html", {"attachment": attachment}, status=status)
