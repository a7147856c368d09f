"""« Réglages à coller »: the application's own settings, file by file, for the client that it is built with."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from convergences.catalog.models import Application
from convergences.pages.administration.applications import for_application
from convergences.pages.administration.showing import page
from convergences.web.panels.facts import Snippet
from convergences.web.panels.panel import panel_of
from convergences.web.requests import EngineerRequest


@dataclass(frozen=True, slots=True)
class Kit:
    """All the files of one client; `key`, that of the first, names it in the address."""

    key: str
    title: str
    files: tuple[Snippet, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    url: str


@for_application
@require_safe
def snippets(request: EngineerRequest, application: Application) -> HttpResponse:
    """Show the settings of one client, the first unless the address names another."""
    panel = panel_of(application.protocol)
    if panel is None or not panel.is_set(application):
        raise Http404
    here = reverse("administration:snippets", args=[application.slug])
    kits = _kits(panel.snippets(application), here)
    asked = request.GET.get("client", "")
    chosen = next((kit for kit in kits if kit.key == asked), kits[0] if kits else None)
    context = {
        "application": application,
        "panel": panel,
        "kits": kits,
        "kit": chosen,
        "secret": panel.takes_secrets(application),
    }
    return page(request, "administration/snippets.html", context)


def _kits(found: Sequence[Snippet], here: str) -> list[Kit]:
    by_title: dict[str, list[Snippet]] = {}
    for snippet in found:
        by_title.setdefault(snippet.title, []).append(snippet)
    return [
        Kit(
            key=files[0].key,
            title=title,
            files=tuple(files),
            notes=tuple(line for file in files for line in file.note.splitlines()),
            warnings=tuple(line for file in files for line in file.warning.splitlines()),
            url=f"{here}?client={files[0].key}",
        )
        for title, files in by_title.items()
    ]
