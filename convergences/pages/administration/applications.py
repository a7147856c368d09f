"""The guard of every page about one application."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpResponseBase

from convergences.catalog import queries
from convergences.catalog.errors import UnknownApplication
from convergences.catalog.models import Application
from convergences.web.entrance.guards import for_engineer
from convergences.web.requests import EngineerRequest

P = ParamSpec("P")


def for_application(
    view: Callable[Concatenate[EngineerRequest, Application, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give the view the application named by the address, in whatever state, to one of the centre's engineers."""

    @for_engineer
    @wraps(view)
    def guarded(request: EngineerRequest, /, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            application = queries.by_slug(slug)
        except UnknownApplication:
            raise Http404 from None
        return view(request, application, *args, **kwargs)

    return guarded
