"""The mailing by post: letters asked for, made by the worker, taken as PDF, then said to be posted.

Files leave by POST: each download is written in the journal, and no browser fetches one ahead.
"""

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergences.campaigns import post, progress
from convergences.campaigns.models import Campaign, Invitation, LetterScope, Mailing
from convergences.campaigns.post import PostReach
from convergences.campaigns.services import posting
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.pages.campaigns import batches
from convergences.pages.campaigns.choosing import identifiers
from convergences.pages.campaigns.guarded import for_campaign
from convergences.pages.campaigns.showing import UNPROCESSABLE, page, said_at
from convergences.web import downloads
from convergences.web.actor import actor_of
from convergences.web.forms.house import HouseForm
from convergences.web.requests import CorrespondentRequest

PDF = "application/pdf"
NOT_THERE = "Ce fichier n'est plus là : il est supprimé une fois les courriers postés, ou après sept jours."


class LettersForm(HouseForm):
    """Whom to write to, and the yes to former letters serving no more."""

    missing: ClassVar = {"scope": "Choisissez à qui écrire."}

    scope = forms.ChoiceField(label="À qui écrire ?", widget=forms.RadioSelect)
    renew = forms.BooleanField(
        label="Je confirme que les codes des courriers précédents ne serviront plus", required=False
    )

    def __init__(self, data: Any, reach: PostReach, *, chosen: bool) -> None:
        super().__init__(data)
        scope, renew = self.fields["scope"], self.fields["renew"]
        if chosen:
            del self.fields["scope"]
        elif isinstance(scope, forms.ChoiceField):
            scope.choices = [(each.value, f"{each.label}\n{_counted(*reach.of(each))}") for each in LetterScope]
            scope.initial = LetterScope.FIRST if reach.first else LetterScope.SILENT
        if not reach.again:
            renew.widget = forms.HiddenInput()


@for_campaign
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    """Show the letters of a campaign, or have some made: for a scope, or for employers that were ticked."""
    chosen = progress.chosen(campaign, identifiers(request.POST.getlist("u"))) if request.method == "POST" else []
    only = [each.pk for each in chosen]
    if request.method == "POST" and request.POST.getlist("u") and not only:
        return said_at(request, _address(campaign), "Cochez au moins un employeur qui n'a pas répondu.", good=False)
    reach = post.reach(campaign, only)
    form = LettersForm(request.POST if "preparer" in request.POST else None, reach, chosen=bool(only))
    if form.is_bound and form.is_valid():
        scope = LetterScope(form.cleaned_data.get("scope", LetterScope.SILENT))
        try:
            made = posting.ask(campaign, scope, only=only, renew=form.cleaned_data["renew"], actor=actor_of(request))
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            said = f"{made.total} courriers se préparent" if made.total > 1 else "Un courrier se prépare"
            return said_at(request, _address(campaign), f"{said} : le fichier paraîtra ici dans un instant.")
    unpostable = post.unpostable(campaign) if reach.unpostable else []
    kept = {"unpostable": unpostable, "refused": post.refused(campaign)}
    context = {"campaign": campaign, "form": form, "reach": reach, "chosen": chosen, **kept}
    status = UNPROCESSABLE if form.errors else 200
    return page(request, "campaigns/letters.html", {**context, **batches.about(campaign)}, status=status)


@for_campaign
@require_safe
def under_way(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    """Show how far the letters are, for a page that asks again and again."""
    return page(request, "campaigns/parts/batches.html", {"campaign": campaign, **batches.about(campaign)})


@for_campaign
@require_POST
def volume(request: CorrespondentRequest, campaign: Campaign, mailing: UUID, number: int) -> HttpResponseBase:
    """Send a volume of letters."""
    try:
        released = posting.release(_mailing(campaign, mailing), number, actor=actor_of(request))
    except Refusal as refusal:
        return said_at(request, _address(campaign), refusal.sentence, good=False)
    if not released:
        return said_at(request, _address(campaign), NOT_THERE, good=False)
    return downloads.as_attachment(f"courriers-{clock.today().isoformat()}-{number}.pdf", released[0].read(), PDF)


@for_campaign
@require_POST
def archive(request: CorrespondentRequest, campaign: Campaign, mailing: UUID) -> HttpResponseBase:
    """Send all the volumes in one file, of which memory holds one volume at a time."""
    try:
        released = posting.release(_mailing(campaign, mailing), actor=actor_of(request))
    except Refusal as refusal:
        return said_at(request, _address(campaign), refusal.sentence, good=False)
    if not released:
        return said_at(request, _address(campaign), NOT_THERE, good=False)
    day = clock.today().isoformat()
    parts = ((f"courriers-{day}-{each.number:03}.pdf", each.read()) for each in released)
    return downloads.as_zip(f"courriers-{day}", parts)


@for_campaign
@require_http_methods(["GET", "HEAD", "POST"])
def posted(request: CorrespondentRequest, campaign: Campaign, mailing: UUID) -> HttpResponse:
    """Say what follows from letters being in the post, then note it."""
    found = _mailing(campaign, mailing)
    if request.method != "POST":
        return page(request, "campaigns/posted.html", {"campaign": campaign, "mailing": found})
    try:
        posting.posted(found, actor=actor_of(request))
    except Refusal as refusal:
        return said_at(request, _address(campaign), refusal.sentence, good=False)
    return said_at(request, _address(campaign), "Les courriers sont notés comme postés, et leurs fichiers supprimés.")


@for_campaign
@require_http_methods(["GET", "HEAD", "POST"])
def letter_of(request: CorrespondentRequest, campaign: Campaign, invitation: UUID) -> HttpResponse:
    """Say what a new letter for one employer does, then send it; nothing keeps it."""
    found = post.invitation(campaign, invitation)
    if found is None:
        raise Http404
    context = {"campaign": campaign, "invitation": found, "seen": _stamp(found), "error": ""}
    if request.method != "POST":
        return page(request, "campaigns/letter_of.html", context)
    try:
        content = posting.print_one(found, _seen(request.POST.get("seen", "")), actor=actor_of(request))
    except Refusal as refusal:
        return page(request, "campaigns/letter_of.html", {**context, "error": refusal.sentence}, status=UNPROCESSABLE)
    return downloads.as_attachment(f"courrier-{found.reference}.pdf", content, PDF)


def _stamp(invitation: Invitation) -> str:
    return invitation.letter_made_at.isoformat() if invitation.letter_made_at else ""


def _seen(stamp: str) -> dt.datetime | None:
    """Return when the page's reader saw the former letter made; what is no instant is none of ours."""
    try:
        return dt.datetime.fromisoformat(stamp) if stamp else None
    except ValueError:
        return dt.datetime.min.replace(tzinfo=dt.UTC)


def _counted(letters: int, again: int) -> str:
    said = f"{letters} courriers" if letters > 1 else "1 courrier" if letters else "Aucun courrier"
    return f"{said}, dont {again} à la place d'un courrier précédent" if again else said


def _mailing(campaign: Campaign, uid: UUID) -> Mailing:
    found = post.mailing(campaign, uid)
    if found is None:
        raise Http404
    return found


def _address(campaign: Campaign) -> str:
    return reverse("campaigns:letters", args=[campaign.uid])
