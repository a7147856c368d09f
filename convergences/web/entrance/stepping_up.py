"""The way to the page that asks for a second step, and what it says on the way: for what, and where to go on.

`/verification?application=…&next=…&niveau=…&refus=…`, or `?pour=gestion&next=…` for the pages of référents and of the
centre. What is asked is only told here: the page that it comes back to (`next`) decides anew, from the session, so that
nothing is gained by altering the address, nor by going straight to a protocol's own.

A session that comes back too weak still (a recovery code where two factors are asked for) is sent here again: the page
then says what is missing, and goes on by itself to nowhere. So it cannot turn in circles.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from convergences.admission.decisions import SessionAssurance, StepUp
from convergences.authentication.models import Level, Session
from convergences.catalog.errors import UnknownApplication
from convergences.catalog.models import Application, Assurance, Status
from convergences.catalog.queries import by_slug
from convergences.web.entrance.returning import is_safe

MANAGING = "gestion"
_LEVELS = tuple(Level)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the page asks a proof for: an application, the managing pages (`managing`), or else one's own account.

    `level` is what the application insists on, beyond its sheet. `way_back` leads to it with a refusal, for an agent
    who does not want to, or cannot; empty when nobody waits for one.
    """

    application: Application | None = None
    managing: bool = False
    here: str = "/"
    way_back: str = ""
    level: Level | None = None

    def level_is_reached(self, session: Session) -> bool:
        """Tell whether what happened in this session is as strong as what is insisted on."""
        return self.level is None or reaches(session, self.level)

    @property
    def fresh(self) -> bool:
        """Whether the proof must be of the last minutes, however strong the session is."""
        return self.application is not None and self.application.assurance == Assurance.FRESH_SECOND_FACTOR

    @property
    def mail_will_do(self) -> bool:
        """Whether two steps without a second factor are enough: of the request, and of the application's sheet."""
        if self.application is None or self.managing:
            return False
        return self.level == Level.TWO_STEPS and self.application.assurance == Assurance.PASSWORD

    @property
    def device_will_do(self) -> bool:
        """Whether a device remembered now will spare the step next time."""
        if self.application is None:
            return self.managing
        return self.application.remembers_devices and self.level is None and not self.fresh


def reaches(session: Session, level: Level) -> bool:
    """Tell whether a session is as strong as this level, on the scale."""
    return _LEVELS.index(SessionAssurance.of(session).level) >= _LEVELS.index(level)


def address(wanted: Wanted) -> str:
    """Return the address of the page that asks for this."""
    said = {"next": wanted.here}
    if wanted.application is not None:
        said["application"] = wanted.application.slug
    if wanted.managing:
        said["pour"] = MANAGING
    if wanted.level is not None:
        said["niveau"] = wanted.level.value
    if wanted.way_back.startswith(f"{wanted.here}&"):  # else it would be there twice, and addresses are not endless
        said["refus"] = wanted.way_back.removeprefix(f"{wanted.here}&")
    elif wanted.way_back:
        said["retour"] = wanted.way_back
    return f"{reverse('sign_in:step_up')}?{urlencode(said)}"


def to_step_up(application: Application, obstacle: StepUp, *, here: str, way_back: str = "") -> HttpResponse:
    """Send the browser to prove a second factor for an application, whence it comes back to `here`."""
    wanted = Wanted(application=application, here=here, way_back=way_back, level=obstacle.level)
    location = address(wanted)
    return HttpResponse(status=303, headers={"Location": location, "Cache-Control": "no-store"})


def read(request: HttpRequest) -> Wanted:
    """Return what the page is asked for, in its address or in its form. Whatever is not ours is left out."""
    given = {**request.GET.dict(), **request.POST.dict()}
    here = _ours(str(given.get("next", ""))) or "/"
    level = str(given.get("niveau", ""))
    refusal = str(given.get("refus", ""))
    way_back = _ours(f"{here}&{refusal}") if refusal else _ours(str(given.get("retour", "")))
    return Wanted(
        application=_application(str(given.get("application", ""))),
        managing=given.get("pour") == MANAGING,
        here=here,
        way_back=way_back,
        level=Level(level) if level in _LEVELS else None,
    )


def _ours(path: str) -> str:
    return path if is_safe(path) else ""


def _application(slug: str) -> Application | None:
    try:
        application = by_slug(slug) if slug else None
    except UnknownApplication:
        return None
    return application if application is not None and application.status != Status.DRAFT else None
