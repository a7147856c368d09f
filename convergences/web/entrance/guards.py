"""What a view says of itself: who may enter, and whether reading it writes. Everything is closed by default."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.http import Http404, HttpRequest, HttpResponseBase

from convergences.web.entrance import managing
from convergences.web.header import Header
from convergences.web.requests import AgentRequest, CorrespondentRequest, EmployerRequest, EngineerRequest

P = ParamSpec("P")
View = TypeVar("View", bound=Callable[..., HttpResponseBase])

OPEN = "_open_to_strangers"
WRITES = "_writes_on_get"
LARGEST = "_largest_body"


def open_to_strangers(view: View) -> View:
    """Let somebody who is not signed in reach this view; without it they are sent to sign in."""
    setattr(view, OPEN, True)
    return view


def writes_on_get(why: str) -> Callable[[View], View]:
    """Let GET write in this view, and say why: everywhere else the database refuses it."""

    def mark(view: View) -> View:
        setattr(view, WRITES, why)
        return view

    return mark


def takes_bodies_of(most: int) -> Callable[[View], View]:
    """Let this view receive up to so many bytes from the centre's correspondants, where others send six megabytes."""

    def mark(view: View) -> View:
        setattr(view, LARGEST, most)
        return view

    return mark


def largest_body(view: Callable[..., Any]) -> int:
    """Return how many bytes the view may receive from correspondants; 0 when it asks for nothing."""
    return int(getattr(view, LARGEST, 0))


def is_open(view: Callable[..., Any]) -> bool:
    """Say whether strangers may reach the view."""
    return bool(getattr(view, OPEN, False))


def may_write_on_get(view: Callable[..., Any]) -> bool:
    """Say whether GET may write in the view."""
    return bool(getattr(view, WRITES, ""))


def for_referent(
    view: Callable[Concatenate[EmployerRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give the view `request.organization`, named by the address, when the agent is référent there; 404 otherwise.

    Their second factor is asked for first, once the grace is over (`web.entrance.managing`).

    Absent and forbidden are the same answer: a handle tells nothing (DOMAIN, rule 1). The address's `organization` is
    taken away from the arguments: the view has nothing left to forget to check.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        employer = cast("EmployerRequest", request)
        organization = employer.header.manages(str(kwargs.pop("organization", "")))
        if organization is None:
            raise Http404
        employer.organization = organization
        missing = managing.what_is_missing(employer)
        return view(employer, *args, **kwargs) if missing is None else missing

    return guarded


def for_engineer(
    view: Callable[Concatenate[EngineerRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Open the view to the centre's engineers, by a second factor once the grace is over.

    404 to anybody else, who need not know that there is something here.
    """
    return _for_staff(view, lambda header: header.is_engineer)


def for_correspondent(
    view: Callable[Concatenate[CorrespondentRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Open the view to the centre's correspondants, by a second factor once the grace is over; 404 to anybody else."""
    return _for_staff(view, lambda header: header.is_correspondent)


def _for_staff(
    view: Callable[..., HttpResponseBase], belongs: Callable[[Header], bool]
) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        staff = cast("AgentRequest", request)
        if not belongs(staff.header):
            raise Http404
        missing = managing.what_is_missing(staff)
        return view(staff, *args, **kwargs) if missing is None else missing

    return guarded
