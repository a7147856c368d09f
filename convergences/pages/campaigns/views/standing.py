"""What a correspondant does of a campaign that is launched: pause, go on, another calendar, a reminder, its end."""

from collections.abc import Callable
from operator import attrgetter

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from convergences.audit.services import Actor
from convergences.campaigns import progress
from convergences.campaigns.models import Campaign, CampaignState
from convergences.campaigns.services import mailing, preparing
from convergences.foundations.errors import Refusal
from convergences.pages.campaigns import lines
from convergences.pages.campaigns.choosing import identifiers
from convergences.pages.campaigns.forms import CalendarForm, calendar_of
from convergences.pages.campaigns.guarded import for_campaign
from convergences.pages.campaigns.showing import UNPROCESSABLE, page, told
from convergences.web.actor import actor_of
from convergences.web.forms.edit_conflicts import mark, stands
from convergences.web.requests import CorrespondentRequest

NOT_LAUNCHED = "Cette campagne n'est pas lancée, ou elle est close."
STANDING = (CampaignState.RUNNING, CampaignState.PAUSED)


@for_campaign
@require_POST
def pause(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    """Stop what is leaving."""
    return _move(request, campaign, preparing.pause, "La campagne est en pause : rien ne part, les réponses arrivent.")


@for_campaign
@require_POST
def resume(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    """Go on with what had not left."""
    return _move(request, campaign, preparing.resume, "La campagne reprend où elle en était.")


@for_campaign
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    """Say what closing does, then close."""
    if request.method == "POST":
        return _move(request, campaign, preparing.close, "La campagne est close.")
    if campaign.state not in STANDING:
        return told(request, campaign, NOT_LAUNCHED, good=False)
    figures = lines.figures(progress.shares(progress.tallies(campaign), attrgetter("department")))
    return page(request, "campaigns/close.html", {"campaign": campaign, "figures": figures})


@for_campaign
@require_http_methods(["GET", "HEAD", "POST"])
def reschedule(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    """Show the calendar of a campaign, or move its deadline and its reminders to come."""
    if campaign.state not in STANDING:
        return told(request, campaign, NOT_LAUNCHED, good=False)
    kept = calendar_of(campaign)
    form = CalendarForm(request.POST if request.method == "POST" else None, initial=kept)
    if request.method == "POST" and stands(request, form):
        try:
            said = form.cleaned_data
            preparing.reschedule(campaign, said["deadline"], form.reminders(), actor=actor_of(request))
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return told(request, campaign, "Le calendrier est enregistré.")
    context = {"campaign": campaign, "form": form, "seen": mark(form)}
    return page(request, "campaigns/reschedule.html", context, status=UNPROCESSABLE if form.errors else 200)


@for_campaign
@require_POST
def remind(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    """Remind the employers that are ticked; nobody when none is: an empty choice would mean everybody."""
    chosen = progress.chosen(campaign, identifiers(request.POST.getlist("u")))
    if not chosen:
        return told(request, campaign, "Cochez au moins un employeur à relancer.", good=False)
    try:
        made = mailing.remind(campaign, chosen, actor=actor_of(request))
    except Refusal as refusal:
        return told(request, campaign, refusal.sentence, good=False)
    several = made.total > 1
    said = f"{made.total} relances partent" if several else "Une relance part"
    return told(request, campaign, f"{said} dans les minutes qui viennent.")


def _move(
    request: CorrespondentRequest, campaign: Campaign, act: Callable[..., Campaign], sentence: str
) -> HttpResponse:
    actor: Actor = actor_of(request)
    try:
        act(campaign, actor=actor)
    except Refusal as refusal:
        return told(request, campaign, refusal.sentence, good=False)
    return told(request, campaign, sentence)
