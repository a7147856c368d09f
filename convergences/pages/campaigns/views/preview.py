"""What a campaign sends, before it leaves: its mail, and its letter as pictures."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from convergences.campaigns import previews
from convergences.campaigns.models import Campaign
from convergences.pages.campaigns.guarded import for_campaign
from convergences.pages.campaigns.showing import page
from convergences.web.requests import CorrespondentRequest


@for_campaign
@require_safe
def preview(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    """Show the mail and the letter of a first employer."""
    example = previews.example(campaign)
    mail = previews.mail(campaign, example) if example else None
    return page(request, "campaigns/preview.html", {"campaign": campaign, "example": example, "mail": mail})


@for_campaign
@require_safe
def letter(_request: CorrespondentRequest, campaign: Campaign, number: int) -> HttpResponse:
    """Send a page of that letter as a picture; nothing keeps it."""
    example = previews.example(campaign)
    if example is None:
        raise Http404
    drawn = previews.letter(campaign, example)
    if not 1 <= number <= len(drawn):
        raise Http404
    response = HttpResponse(drawn[number - 1], content_type="image/png")
    response["Cache-Control"] = "no-store"
    return response
