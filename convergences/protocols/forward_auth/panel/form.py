"""The guided form: the names of the application's machine, and the part of the site that is its own."""

from collections.abc import Mapping
from typing import ClassVar

from convergences.protocols.forward_auth import addresses, metadata, queries
from convergences.protocols.forward_auth.models import Gate
from convergences.web.forms.fields import Lines
from convergences.web.panels.forms import Section
from convergences.web.panels.registered import Description, RegisteredForm

LONGEST = 8_000


class GateForm(RegisteredForm[Gate]):
    """An application behind a web server, in words."""

    description = Description(metadata.FIELDS, metadata.read, queries.metadata_of)
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
