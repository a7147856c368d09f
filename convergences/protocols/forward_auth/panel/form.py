"""The guided form: the names of the application's machine, and the part of the site that is its own."""

from collections.abc import Mapping
from typing import Any, ClassVar

from convergences.catalog.models import Application
from convergences.protocols.forward_auth import addresses, metadata, queries
from convergences.protocols.forward_auth.errors import InvalidGate
from convergences.protocols.forward_auth.models import Gate
from convergences.web.fields import Lines
from convergences.web.panels.forms import Section
from convergences.web.panels.registered import RegisteredForm

LONGEST = 8_000


class GateForm(RegisteredForm):
    """An application behind a web server, in words."""

    sections: ClassVar[tuple[Section, ...]] = (
        Section("Où est-elle ?", ("hosts",)),
        Section("Plusieurs applications sur un même nom", ("paths",), folded=True),
    )
    missing: ClassVar[Mapping[str, str]] = {"hosts": "Indiquez le nom de sa machine, par exemple snapi.example."}

    hosts = Lines(
        problem=addresses.problem_of_host,
        label="Noms de la machine, tels que les agents les voient",
        help_text="Un par ligne, sans https:// : snapi.example, ou snapi.example:8443 pour un autre port.",
        max_length=LONGEST,
    )
    paths = Lines(
        problem=addresses.problem_of_path,
        label="Chemins qui sont à elle",
        help_text="Un par ligne, entre deux barres : /restreint/. Vide : tout le site. Le plus long l'emporte.",
        required=False,
        max_length=LONGEST,
    )

    def __init__(self, application: Application, gate: Gate | None, data: Mapping[str, Any] | None = None) -> None:
        self.application = application
        super().__init__(data, initial=queries.metadata_of(gate) if gate is not None else {})

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data, once the whole description holds; every refusal is said at its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                metadata.read(self.metadata())
            except InvalidGate as refusal:
                self.add_refusal(refusal)
        return cleaned

    def metadata(self) -> dict[str, Any]:
        """Return the description that a valid form makes, by the names of the declarative file."""
        return {name: self.cleaned_data[name] for name in ("hosts", "paths")}
