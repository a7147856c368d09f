"""An application on its way, step by step. Nothing is kept before the end: each step carries what the others said.

The page holds all that was typed, so that going back, a mistake or an expired hour loses nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict

from convergences.catalog.models import Application
from convergences.catalog.sheet import ApplicationDetails
from convergences.pages.administration.forms import AboutForm, AccessForm
from convergences.web.forms.house import HouseForm
from convergences.web.panels.forms import PanelForm
from convergences.web.panels.panel import Panel, panel_of, panels

ABOUT, ACCESS, CONNECTION, REVIEW = 1, 2, 3, 4
NAMES = {ABOUT: "Application", ACCESS: "Accès", CONNECTION: "Raccordement", REVIEW: "Vérification"}
# Names of the page's own inputs, which belong to no form.
OWN = frozenset({"csrfmiddlewaretoken", "here", "seen", "go"})


@dataclass(frozen=True, slots=True)
class Step:
    """A step's number and its form as it is to be shown; the review has none."""

    number: int
    form: HouseForm | None


class Draft:
    """What the steps have said so far."""

    def __init__(self, data: QueryDict) -> None:
        self.data = data
        self.here, self.seen = _number(data, "here", ABOUT), _number(data, "seen", 0)
        self.about, self.access = AboutForm(data), AccessForm(data)

    @property
    def panel(self) -> Panel | None:
        """The panel of the protocol chosen at the first step; None for a simple link."""
        return panel_of(self.data.get("protocol", ""))

    @property
    def numbers(self) -> list[int]:
        """The steps of this application: a link has nothing to connect. Most are none, as the first step supposes."""
        connects = self.panel is not None or ("protocol" not in self.data and bool(panels()))
        return [number for number in NAMES if number != CONNECTION or connects]

    def details(self) -> ApplicationDetails:
        """Return the details that the first two steps make; both are valid."""
        blank = ApplicationDetails(slug="", name="", url="")
        return self.access.fill(self.about.fill(blank))

    def application(self) -> Application:
        """Return the application as it would be, unsaved, for a protocol's form to be drawn from."""
        details = self.details()
        return Application(
            slug=details.slug, name=details.name, url=details.url, attributes=list(details.attributes),
            protocol=details.protocol,
        )  # fmt: skip

    @cached_property
    def connection(self) -> PanelForm | None:
        """The protocol's form as it was sent; None for a simple link. Asked once the first two steps are valid."""
        return self.panel.form(self.application(), self.data) if self.panel else None

    def first_wrong(self, until: int) -> Step | None:
        """Return the first step, up to this one, whose answers do not stand; its form says why."""
        for number, form in ((ABOUT, self.about), (ACCESS, self.access)):
            if number <= until and not form.is_valid():
                return Step(number, form)
        connection = self.connection if until >= CONNECTION else None
        return Step(CONNECTION, connection) if connection is not None and not connection.is_valid() else None

    def step(self, number: int) -> Step:
        """Return a step to be shown: as it was left when it has been seen, else with good defaults."""
        form = self._blank(number)
        if form is not None and number <= self.seen:
            for name, field in form.fields.items():
                form.initial[name] = field.widget.value_from_datadict(self.data, {}, form.add_prefix(name))
        return Step(number, form)

    def _blank(self, number: int) -> HouseForm | None:
        if number == CONNECTION and self.panel and self.first_wrong(ACCESS) is None:
            return self.panel.form(self.application())
        return {ABOUT: AboutForm, ACCESS: AccessForm}[number]() if number in {ABOUT, ACCESS} else None

    def carried(self, shown: HouseForm | None) -> Iterator[tuple[str, str]]:
        """Yield what the other steps said, for the page to send back."""
        own = OWN | (set(shown.fields) if shown else set())
        for name, values in self.data.lists():
            if name not in own:
                yield from ((name, str(value)) for value in values)

    def target(self, go: str) -> int:
        """Return the step that a button leads to: the one before, one by its number, or the one that follows."""
        if go == "back":
            return max((each for each in self.numbers if each < self.here), default=ABOUT)
        if go in {str(number) for number in self.numbers}:
            return int(go)
        return min((each for each in self.numbers if each > self.here), default=REVIEW)


def _number(data: QueryDict, name: str, otherwise: int) -> int:
    typed = data.get(name, "")
    return int(typed) if typed in {"1", "2", "3", "4"} else otherwise
