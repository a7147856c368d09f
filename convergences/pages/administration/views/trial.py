"""« Essayer »: would this agent enter, and what would the application be told? The table answers, nothing is opened."""

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from convergences.admission import services as admission
from convergences.admission.decisions import Enter, Refuse
from convergences.admission.services.examine import Examination
from convergences.catalog.models import Application
from convergences.directory import queries as directory
from convergences.directory.errors import UnknownMember
from convergences.directory.models import Agent, Membership
from convergences.entitlements import queries as entitlements
from convergences.foundations.text import french, listed
from convergences.pages.administration.applications import for_application
from convergences.pages.administration.showing import UNPROCESSABLE, page
from convergences.web.actor import actor_of
from convergences.web.forms.house import HouseForm
from convergences.web.panels.facts import Released, Trial
from convergences.web.panels.panel import Panel, panel_of
from convergences.web.requests import EngineerRequest

SHOWN = 8
MAX_QUERY = 100
MAX_EMAIL = 254


class AgentForm(HouseForm):
    """Of which agent one asks."""

    missing: ClassVar[dict[str, str]] = {"email": "Saisissez l'adresse e-mail professionnelle de l'agent."}
    email = forms.CharField(label="Adresse e-mail professionnelle de l’agent", max_length=MAX_EMAIL)


@for_application
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: EngineerRequest, application: Application) -> HttpResponse:
    """Ask of whom, then show. Only a POST tells anything of an agent: it writes in the journal who looked."""
    if request.method != "POST":
        return _ask(request, application, AgentForm())
    if "member" in request.POST:
        try:
            member = directory.open_membership(uuid.UUID(request.POST["member"]))
        except (ValueError, UnknownMember):
            return _ask(request, application, AgentForm(), UNPROCESSABLE)
        return _tell(request, application, member.agent, member)
    form = AgentForm(request.POST)
    agent = directory.by_email(form.cleaned_data["email"]) if form.is_valid() else None
    if agent is None:
        if form.is_valid():
            form.add_error("email", french("Aucun compte n'a cette adresse."))
        return _ask(request, application, form, UNPROCESSABLE)
    return _tell(request, application, agent, None)


def _ask(request: EngineerRequest, application: Application, form: AgentForm, status: int = 200) -> HttpResponse:
    q = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:MAX_QUERY]
    found = entitlements.holders(application, q, limit=SHOWN + 1)
    context = {
        "application": application,
        "form": form,
        "q": q,
        "holders": found[:SHOWN],
        "more": len(found) > SHOWN,
    }
    return page(request, "administration/trial.html", context, status=status)


def _tell(request: EngineerRequest, application: Application, agent: Agent, member: Membership | None) -> HttpResponse:
    employers = directory.employers_of(agent)
    member = member or _likeliest(employers, application)
    organization = member.organization if member else None
    said = admission.examine(agent, application, organization, actor=actor_of(request))
    panel = panel_of(application.protocol)
    told = _told(panel, application, said)
    context = {
        "application": application,
        "tried": agent,
        "member": member,
        "employer": organization,
        "employers": employers,
        "panel": panel,
        "told": told,
        "places": _by_place(told.released) if told else {},
        **_answer(application, said),
    }
    return page(request, "administration/trial_result.html", context)


def _answer(application: Application, said: Examination) -> dict[str, Any]:
    names = {role.key: role.name for role in application.roles.all()}
    refusal = said.decision if isinstance(said.decision, Refuse) else None
    return {
        "lines": said.lines,
        "stopped_by": said.stopped_by,
        "enters": isinstance(said.decision, Enter),
        "entry": said.entry,
        "refusal": refusal,
        "asked": _whom(refusal) if refusal else "",
        "roles": _roles([names.get(key, key) for key in said.entry.roles]) if said.entry else "",
    }


def _roles(names: Sequence[str]) -> str:
    if not names:
        return "sans aucun rôle dans l’application"
    return french(
        f"avec le{'s' * (len(names) > 1)} rôle{'s' * (len(names) > 1)} {listed([f'« {name} »' for name in names])}"
    )


def _told(panel: Panel | None, application: Application, said: Examination) -> Trial | None:
    if panel is None or said.entry is None or not panel.is_set(application):
        return None
    return panel.trial(application, said.entry.membership, said.entry.roles)


def _likeliest(employers: Sequence[Membership], application: Application) -> Membership | None:
    """Return the employer that gave a right on the application, else the first: the one most often meant."""
    rights = entitlements.current_for([member.pk for member in employers])
    holding = (
        member for member in employers if any(each.application_id == application.pk for each in rights[member.pk])
    )
    return next(holding, employers[0] if employers else None)


def _whom(refusal: Refuse) -> str:
    """Say whom the agent would be told to ask, by name and address."""
    people = [(member.full_name, member.email) for member in refusal.referents]
    if refusal.correspondent is not None:
        people = [(each.agent.full_name, each.agent.email or "") for each in refusal.correspondent.people]
    named = listed([f"{name} ({email})" if email else name for name, email in people])
    return french(f"Il serait renvoyé à : {named}.") if named else ""


def _by_place(released: Sequence[Released]) -> dict[str, list[Released]]:
    found: dict[str, list[Released]] = {}
    for each in released:
        found.setdefault(each.place, []).append(each)
    return found
