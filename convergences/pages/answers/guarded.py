"""The guards of every page about one answer, or about one employer's line in a campaign."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import Http404, HttpResponseBase

from convergences.campaigns import queue
from convergences.campaigns.models import Designation, Invitation
from convergences.web.entrance.guards import for_correspondent
from convergences.web.requests import CorrespondentRequest

P = ParamSpec("P")


def for_answer(
    view: Callable[Concatenate[CorrespondentRequest, Designation, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give the view the signed answer named by the address, decided or not, to one of the centre's correspondants."""

    @for_correspondent
    @wraps(view)
    def guarded(
        request: CorrespondentRequest, /, designation: UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        found = queue.answer(designation)
        if found is None:
            raise Http404
        return view(request, found, *args, **kwargs)

    return guarded


def for_invitation(
    view: Callable[Concatenate[CorrespondentRequest, Invitation, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give the view the employer's line named by the address, to one of the centre's correspondants."""

    @for_correspondent
    @wraps(view)
    def guarded(
        request: CorrespondentRequest, /, invitation: UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        found = queue.invitation(invitation)
        if found is None:
            raise Http404
        return view(request, found, *args, **kwargs)

    return guarded
