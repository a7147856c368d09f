"""Adding an application: what it is, who may open it, how it is connected; nothing is written before the last step."""

import datetime as dt

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from convergences.catalog import queries as catalog
from convergences.catalog.models import Application
from convergences.catalog.services import applications
from convergences.catalog.sheet import ATTRIBUTES
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.administration.draft import ABOUT, ACCESS, CONNECTION, NAMES, REVIEW, Draft, Step
from convergences.pages.administration.forms import AFFILIATIONS, assurance_of
from convergences.pages.administration.issuing import show_issued
from convergences.pages.administration.showing import UNPROCESSABLE, categories, page
from convergences.web.actor import actor_of
from convergences.web.entrance.guards import for_engineer
from convergences.web.panels.facts import Issued
from convergences.web.panels.forms import PanelForm, with_texts_of_files
from convergences.web.requests import EngineerRequest

SENT_TWICE = dt.timedelta(minutes=2)


@for_engineer
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: EngineerRequest) -> HttpResponse:
    """Show a step, or create the application once every step stands."""
    if request.method != "POST":
        draft = Draft(QueryDict())
        return _show(request, draft, draft.step(ABOUT))
    draft, go = Draft(with_texts_of_files(request.POST, request.FILES)), request.POST.get("go", "")
    if go == "create":
        return _finish(request, draft)
    target = draft.target(go)
    if wrong := draft.first_wrong(target - 1):  # a step is drawn from those before it
        return _show(request, draft, wrong, status=UNPROCESSABLE)
    return _show(request, draft, draft.step(target))


def _finish(request: EngineerRequest, draft: Draft) -> HttpResponse:
    if twin := _just_made(draft):
        said = f"{twin.name} vient d'être créée. Son secret n'est montré qu'une fois : au besoin, ajoutez-en un autre."
        messages.warning(request, french(said))
        return _to_sheet(twin)
    if wrong := draft.first_wrong(CONNECTION):
        return _show(request, draft, wrong, status=UNPROCESSABLE)
    connection, made = draft.connection, None
    try:
        with transaction.atomic():
            made = applications.create(draft.details(), actor=actor_of(request))
            issued = _connect(request, draft, made, connection)
    except Refusal as refusal:
        return _show(request, draft, _refused(draft, connection if made else None, refusal), status=UNPROCESSABLE)
    if issued:
        return show_issued(request, made, issued)
    messages.success(request, french(f"{made.name} est au catalogue, en brouillon : personne ne la voit encore."))
    return _to_sheet(made)


def _connect(
    request: EngineerRequest, draft: Draft, application: Application, form: PanelForm | None
) -> tuple[Issued, ...]:
    if draft.panel is None or form is None:
        return ()
    return draft.panel.save(application, form, actor=actor_of(request))


def _refused(draft: Draft, connection: PanelForm | None, refusal: Refusal) -> Step:
    if connection is not None:
        connection.add_refusal(refusal)
        return Step(CONNECTION, connection)
    number, form = (ACCESS, draft.access) if refusal.field in draft.access.fields else (ABOUT, draft.about)
    form.add_refusal(refusal)
    return Step(number, form)


def _just_made(draft: Draft) -> Application | None:
    """Return the application that this very form has just created: sent twice, it must not look like a mistake."""
    known = catalog.created_since(clock.now() - SENT_TWICE)
    typed = draft.data.get("name", "").strip(), draft.data.get("url", "").strip()
    return next((each for each in known if (each.name, each.url) == typed), None)


def _to_sheet(application: Application) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("administration:application", args=[application.slug]))


def _show(request: EngineerRequest, draft: Draft, step: Step, *, status: int = 200) -> HttpResponse:
    context = {
        "step": step.number,
        "form": step.form,
        "draft": draft,
        "seen": max(draft.seen, step.number),
        "place": draft.numbers.index(step.number) + 1,
        "names": "|".join(NAMES[number] for number in draft.numbers),
        "carried": list(draft.carried(step.form)),
        "categories": categories(),
        **(_review(draft) if step.number == REVIEW else {}),
    }
    return page(request, "administration/create.html", context, status=status)


def _review(draft: Draft) -> dict[str, object]:
    summary = draft.connection.summary() if draft.connection and draft.connection.is_valid() else []
    details = draft.details()
    return {
        "details": details,
        "application": draft.application(),
        "offered": [label for word, label in AFFILIATIONS if word in details.affiliations],
        "assurance": assurance_of(details),
        "attributes": [ATTRIBUTES[name] for name in details.attributes],
        "summary": summary,
    }
