"""What stands in the place of an application whose library is not installed: a page that says so."""

from functools import partial

from django.http import HttpResponse

from convergences_demo.hall.place import Place
from convergences_demo.hall.web import Asked, Route, Site

WORDS = {"tagline": "", "footer": "elle n’est pas installée ici.", "pages": [], "roles": {}}


def build(place: Place, module: str) -> Site:
    """Return an application that answers each of its addresses so."""
    answer = partial(_missing, module)
    return Site(place, {"/": Route(answer), "/retour": Route(answer), "/mes-acces": Route(answer)}, answer, WORDS)


def _missing(module: str, asked: Asked) -> HttpResponse:
    return asked.site.page(asked, "missing", status=503, module=module)
