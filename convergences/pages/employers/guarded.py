"""The guard of every page about one employer."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpResponseBase

from convergences.directory import employers
from convergences.directory.models import Organization
from convergences.web.entrance.guards import for_correspondent
from convergences.web.requests import CorrespondentRequest

P = ParamSpec("P")


def for_employer(
    view: Callable[Concatenate[CorrespondentRequest, Organization, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give the view the employer named by the address, open or closed, to one of the centre's correspondants."""

    @for_correspondent
    @wraps(view)
    def guarded(
        request: CorrespondentRequest, /, organization: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        found = employers.employer(organization)
        if found is None:
            raise Http404
        return view(request, found, *args, **kwargs)

    return guarded
