"""After elections: asking employers to confirm their référents by a day, after a preview; taking it back."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from convergences.campaigns import mandates
from convergences.campaigns.services import reconfirming
from convergences.foundations.errors import Refusal
from convergences.pages.mandates.forms import ReconfirmForm
from convergences.pages.mandates.showing import UNPROCESSABLE, page, to_campaign, to_mandates
from convergences.web.actor import actor_of
from convergences.web.entrance.guards import for_correspondent
from convergences.web.requests import CorrespondentRequest

CAMPAIGN = "campagne"  # the button that goes on to the campaign


@for_correspondent
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: CorrespondentRequest) -> HttpResponse:
    """Ask whose référents and by when; say how many that is; then open it, once confirmed."""
    if request.method != "POST":
        return _show(request, ReconfirmForm())
    form = ReconfirmForm(request.POST)
    if not form.is_valid() or "corriger" in request.POST:
        return _show(request, form)
    said = form.cleaned_data
    try:
        if "confirmer" not in request.POST:
            reach = reconfirming.foresee(form.filters(), said["reason"], said["deadline"])
            return page(request, "mandates/reconfirm_review.html", {"form": form, "reach": reach, "said": said})
        made = reconfirming.start(form.filters(), said["reason"], said["deadline"], actor=actor_of(request))
    except Refusal as refusal:
        form.add_refusal(refusal)
        return _show(request, form)
    several = made.total > 1
    number = f"{made.total} employeurs sont prévenus" if several else "Un employeur est prévenu"
    sentence = f"{number} dans les minutes qui viennent. Personne ne perd d'accès."
    if request.POST["confirmer"] == CAMPAIGN:
        return to_campaign(
            request, made, f"{sentence} Voici la campagne qui leur demande de répondre : rien n'est parti."
        )
    return to_mandates(request, sentence)


@for_correspondent
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: CorrespondentRequest, reconfirmation: UUID) -> HttpResponse:
    """Say what taking it back does, then do it."""
    found = next((pair for pair in mandates.reconfirmations() if pair[0].uid == reconfirmation), None)
    if found is None:
        raise Http404
    asked, left = found
    if request.method != "POST":
        return page(request, "mandates/withdraw.html", {"asked": asked, "left": left})
    try:
        reconfirming.withdraw(asked, actor=actor_of(request))
    except Refusal as refusal:
        return to_mandates(request, refusal.sentence, good=False)
    return to_mandates(request, "La reconfirmation est retirée : plus aucun référent n'est à confirmer pour elle.")


def _show(request: CorrespondentRequest, form: ReconfirmForm) -> HttpResponse:
    return page(request, "mandates/reconfirm.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)
