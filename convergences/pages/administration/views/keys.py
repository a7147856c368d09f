"""The keys that sign what applications receive: their state, renewing one, taking away one that leaked."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from convergences.audit import signing
from convergences.foundations import clock
from convergences.foundations import keys as ground
from convergences.foundations.text import french
from convergences.pages.administration.rings import Ring, ring, rings
from convergences.pages.administration.showing import UNPROCESSABLE, page
from convergences.web.actor import actor_of
from convergences.web.entrance.guards import for_engineer
from convergences.web.forms.house import HouseForm
from convergences.web.requests import EngineerRequest
from convergences.web.wording import dates


class RenewalForm(HouseForm):
    """How long both keys are published before the new one signs."""

    missing: ClassVar[dict[str, str]] = {"days": "Choisissez le délai."}
    days = forms.ChoiceField(
        label="Quand la nouvelle clé signera-t-elle ?",
        choices=[
            ("1", "Dans 24 heures\nLe cas courant : les applications relisent les clés plusieurs fois par jour."),
            ("7", "Dans 7 jours\nSi une application ne relit les clés qu’à son redémarrage."),
        ],
        widget=forms.RadioSelect,
        initial="1",
    )


class LeakForm(HouseForm):
    """The algorithm's name, typed: nobody takes a key away in one click."""

    missing: ClassVar[dict[str, str]] = {"algorithm": "Saisissez le nom de l'algorithme pour confirmer."}
    algorithm = forms.CharField(label="Pour confirmer, saisissez le nom de l’algorithme", max_length=20)

    def __init__(self, expected: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_algorithm(self) -> str:
        """Return the name typed; raises what to type when it is another."""
        typed: str = self.cleaned_data["algorithm"].strip()
        if typed.casefold() != self.expected.casefold():
            raise forms.ValidationError(french(f"Ce n'est pas le nom de cet algorithme. Saisissez : {self.expected}"))
        return typed


@for_engineer
@require_safe
def keys(request: EngineerRequest) -> HttpResponse:
    """Show every algorithm's keys."""
    now = clock.now()
    found = rings()
    context = {"rings": found, "old": [each for each in found if each.is_old(now)]}
    return page(request, "administration/keys.html", context, active="cles")


@for_engineer
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: EngineerRequest, algorithm: str) -> HttpResponse:
    """Explain the overlap, then create the next key; one that waits already is not doubled."""
    present = _present(algorithm)
    if present.waiting_until is not None:
        messages.info(request, french(f"La prochaine clé {algorithm} est déjà publiée : elle signera bientôt."))
        return _back()
    form = RenewalForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, present, form, "administration/key_renew.html")
    overlap = dt.timedelta(days=int(form.cleaned_data["days"]))
    key = signing.renew(algorithm, overlap=overlap, actor=actor_of(request))
    when = dates.hour(key.signs_from, capital=False)
    messages.success(request, french(f"La nouvelle clé {algorithm} est publiée. Elle signera {when}."))
    return _back()


@for_engineer
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: EngineerRequest, algorithm: str) -> HttpResponse:
    """Say what it costs, ask for the algorithm's name, then sign by a new key and publish no other."""
    present = _present(algorithm)
    form = LeakForm(algorithm, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, present, form, "administration/key_withdraw.html")
    signing.withdraw(algorithm, actor=actor_of(request))
    said = f"Les clés {algorithm} divulguées sont retirées. Une nouvelle clé signe dès maintenant."
    messages.success(request, french(said))
    return _back()


def _present(algorithm: str) -> Ring:
    found = ring(algorithm)
    if found is None or not found.lines:
        raise Http404
    return found


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("administration:keys"))


def _show(request: EngineerRequest, present: Ring, form: HouseForm, template: str) -> HttpResponse:
    kept = ground.RETIREMENT.days
    context = {"ring": present, "form": form, "kept_days": kept}
    return page(request, template, context, active="cles", status=UNPROCESSABLE if form.is_bound else 200)
