"""The guards of every page about one référent, or one agent."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import Http404, HttpResponseBase

from convergences.directory import queries
from convergences.directory.errors import UnknownMember
from convergences.directory.models import Membership
from convergences.web.entrance.guards import for_correspondent
from convergences.web.requests import CorrespondentRequest

P = ParamSpec("P")


def for_attached(
    view: Callable[Concatenate[CorrespondentRequest, Membership, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give the view the agent of this employer that the address names, to one of the centre's correspondants."""

    @for_correspondent
    @wraps(view)
    def guarded(
        request: CorrespondentRequest, /, organization: str, member: UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        try:
            found = queries.open_membership(member)
        except UnknownMember:
            raise Http404 from None
        if found.organization.key != organization:
            raise Http404
        return view(request, found, *args, **kwargs)

    return guarded


def for_mandate(
    view: Callable[Concatenate[CorrespondentRequest, Membership, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give the view the référent of this employer that the address names; 404 for who is none there, today."""

    @for_attached
    @wraps(view)
    def guarded(
        request: CorrespondentRequest, member: Membership, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if not member.is_referent:
            raise Http404
        return view(request, member, *args, **kwargs)

    return guarded
