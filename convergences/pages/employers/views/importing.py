"""A list of employers as a file: sent, compared, confirmed. Nothing is written before, and all or nothing then."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from convergences.audit.services import Actor
from convergences.directory import employers
from convergences.directory.services import organizations
from convergences.foundations.errors import Refusal
from convergences.foundations.text import NO_BREAK, french
from convergences.pages.employers.importing.columns import LABELS, Row, rows_of
from convergences.pages.employers.importing.plan import Plan, plan_of
from convergences.pages.employers.importing.tables import BadFile, read_table
from convergences.pages.employers.importing.workbooks import MAX_LINES
from convergences.pages.employers.showing import UNPROCESSABLE, page
from convergences.web.actor import actor_of
from convergences.web.entrance.guards import for_correspondent
from convergences.web.forms.house import HouseForm
from convergences.web.requests import CorrespondentRequest

MOVED = "La liste ne dit plus la même chose qu'à votre lecture : quelqu'un a changé un employeur. Relisez-la."
LOST = "La liste n'est pas arrivée entière. Envoyez de nouveau le fichier."


class FileForm(HouseForm):
    """The file."""

    missing = {"file": "Choisissez un fichier."}

    file = forms.FileField(label="Fichier")


@for_correspondent
@require_http_methods(["GET", "HEAD", "POST"])
def import_employers(request: CorrespondentRequest) -> HttpResponse:
    """Ask for the file, show what it would change, then write it once confirmed."""
    if request.method != "POST":
        return _ask(request, FileForm())
    if "rows" in request.POST:
        return _confirm(request)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, form)
    upload = form.cleaned_data["file"]
    try:
        rows, unknown = rows_of(read_table(upload.file, upload.size))
    except BadFile as refusal:
        form.add_refusal(refusal)
        return _ask(request, form)
    return _show(request, rows, plan_of(rows), unknown=unknown)


def _confirm(request: CorrespondentRequest) -> HttpResponse:
    rows = _carried(request.POST.get("rows", ""))
    if rows is None:
        form = FileForm({})
        form.add_error(None, french(LOST))
        return _ask(request, form)
    try:
        with transaction.atomic():
            plan = plan_of(rows, held=True)
            if plan.refused or plan.mark != request.POST.get("mark"):
                return _show(request, rows, plan, moved=True)
            _write(plan, actor_of(request))
    except Refusal as refusal:  # another list went first: nothing of this one is kept
        return _show(request, rows, plan_of(rows), moved=True, said=refusal.sentence)
    said = f"{len(plan.created)} employeurs ajoutés, {len(plan.changed)} modifiés."
    messages.success(request, french(said))
    return HttpResponseRedirect(reverse("employers:employers"))


def _write(plan: Plan, actor: Actor) -> None:
    taken = employers.keys() if plan.created else set()
    for line in plan.created + plan.changed:
        if line.details is None:
            continue
        if line.organization is None:
            wanted = line.details.with_key(employers.free_key(line.details.name, taken))
            taken.add(wanted.key)
            made = organizations.create(wanted, actor=actor)
        else:
            made = line.organization
            organizations.modify(made, line.details, actor=actor)
        if made.correspondent_id != (line.correspondent.pk if line.correspondent else None):
            organizations.set_correspondent(made, line.correspondent, actor=actor)


def _carried(text: str) -> list[Row] | None:
    """Return the lines that the page sent back, judged again as if they came from a file; None when they are none."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, list) or not 0 < len(read) <= MAX_LINES:
        return None
    rows = [row for row in read if isinstance(row, dict)]
    well = all(name in LABELS and _is_text(cell) for row in rows for name, cell in row.items())
    return rows if well and len(rows) == len(read) else None


def _is_text(cell: Any) -> bool:
    """Say whether a cell is what a file may hold: neither a NUL, which PostgreSQL refuses, nor half a character."""
    return isinstance(cell, str) and not any(sign == "\x00" or "\ud800" <= sign <= "\udfff" for sign in cell)


def _ask(request: CorrespondentRequest, form: FileForm) -> HttpResponse:
    context = {"form": form, "columns": list(LABELS.values()), "most": f"{MAX_LINES:,}".replace(",", NO_BREAK)}
    return page(request, "employers/import.html", context, status=UNPROCESSABLE if form.errors else 200)


def _show(request: CorrespondentRequest, rows: list[Row], plan: Plan, **more: Any) -> HttpResponse:
    context = {"plan": plan, "rows": json.dumps(rows), "moved_sentence": french(MOVED), **more}
    return page(request, "employers/import_review.html", context, status=UNPROCESSABLE if more.get("moved") else 200)
