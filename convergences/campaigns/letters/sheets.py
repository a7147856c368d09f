"""What a letter says, before it is drawn."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import segno

from convergences.campaigns.letters.drawable import shown
from convergences.foundations.text import day_in_words


@dataclass(frozen=True, slots=True)
class Sender:
    """The centre, as all its letters name it. `address` is of several lines."""

    name: str
    address: tuple[str, ...]
    email: str
    dpo_email: str
    place: str


@dataclass(frozen=True, slots=True, repr=False)  # a trace must not show the code
class Sheet:
    """One letter. `code` is held by the paper alone; `url` opens the same form online, and holds no secret.

    `contact` is whom the employer calls at the centre.
    """

    organization: str
    siret: str
    department: str
    addressee: tuple[str, ...]
    greeting: str
    reference: str
    code: str
    url: str
    deadline: dt.date
    paragraphs: tuple[str, ...]
    applications: tuple[str, ...] = field(default=())
    contact: str = ""

    def drawn(self) -> dict[str, Any]:
        """Return the values that the drawing reads: words only, and the QR code as SVG."""
        return {
            "organization": shown(self.organization),
            "siret": grouped_siret(self.siret),
            "department": self.department,
            "addressee": [shown(line) for line in self.addressee],
            "greeting": shown(self.greeting),
            "reference": self.reference,
            "code": self.code,
            "url": self.url,
            "qr": segno.make(self.url, error="m", micro=False).svg_inline(border=0),
            "deadline": day_in_words(self.deadline),
            "paragraphs": [shown(paragraph) for paragraph in self.paragraphs],
            "applications": [shown(name) for name in self.applications],
            "contact": shown(self.contact),
        }


def grouped_siret(siret: str) -> str:
    """Return a SIRET as people read it: « 219 300 555 00014 »."""
    return f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"
