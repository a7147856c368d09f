"""The sheet of an application: what it is, whether it is connected and used, what its engineer must be told."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from convergences.admission import queries as admission
from convergences.catalog.models import Application, Protocol
from convergences.catalog.sheet import ATTRIBUTES
from convergences.entitlements import queries as entitlements
from convergences.pages.administration.applications import for_application
from convergences.pages.administration.forms import AFFILIATIONS, assurance_of
from convergences.pages.administration.secret_lines import version_of
from convergences.pages.administration.showing import page
from convergences.pages.administration.states import state_of
from convergences.web.panels.facts import About
from convergences.web.panels.panel import panel_of, panels
from convergences.web.requests import EngineerRequest


@for_application
@require_safe
def application(request: EngineerRequest, application: Application) -> HttpResponse:
    """Show the sheet."""
    panel = panel_of(application.protocol)
    is_set = panel is not None and panel.is_set(application)
    secrets = panel.secrets(application) if panel and is_set else ()
    takes_secrets = panel.takes_secrets(application) if panel and is_set else False
    context = {
        "application": application,
        "state": state_of(application),
        "panel": panel,
        "is_set": is_set,
        "ways": [] if panel else list(panels().values()),
        "planned": Protocol(application.planned_protocol).label if application.planned_protocol else "",
        "last_entry": admission.last_entry(application),
        "facts": panel.facts(application) if panel and is_set else (),
        "about": panel.about(application) if panel and is_set else About(),
        "secrets": secrets,
        "takes_secrets": takes_secrets,
        "secrets_seen": version_of(secrets),
        "agents": entitlements.holders_by_application().get(application.pk, 0),
        "assurance": assurance_of(application),
        "attributes": [ATTRIBUTES.get(name, name) for name in application.attributes],
        "affiliations": [label for word, label in AFFILIATIONS if word in application.affiliations],
    }
    return page(request, "administration/application.html", context)
