"""What an autorité territoriale answers: whom it names, who signs; and its cleaning, by the directory's own rules.

Nothing here reads the database: whom the employer has already is `services.comparing`'s subject.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace

from convergences.campaigns.errors import WrongAnswer
from convergences.directory.details import EMAIL_LENGTH, NAME_LENGTH, TEXT_LENGTH, AgentDetails, clean_text
from convergences.directory.errors import InvalidField
from convergences.foundations.text import searchable

MOST_PEOPLE = 5
SIGNATORY_NAME_LENGTH = 120
SIGNATORY_TITLE_LENGTH = 80
_ROOM = 10
_LONGEST = {
    "civility": 6,
    "given_name": NAME_LENGTH,
    "family_name": NAME_LENGTH,
    "job_title": TEXT_LENGTH,
    "department": TEXT_LENGTH,
    "email": EMAIL_LENGTH,
    "phone": 30,
}
# Mailboxes of services: whoever reads them would act in the name of the one person who was named.
_OF_A_SERVICE = frozenset(
    [
        "accueil",
        "administration",
        "agent",
        "bureau",
        "cabinet",
        "ccas",
        "centre",
        "collectivite",
        "communication",
        "comptabilite",
        "contact",
        "courrier",
        "dgs",
        "direction",
        "directeur",
        "drh",
        "elections",
        "elus",
        "etatcivil",
        "finances",
        "info",
        "infos",
        "information",
        "informatique",
        "mairie",
        "maire",
        "paie",
        "paye",
        "personnel",
        "presidence",
        "president",
        "rh",
        "secretariat",
        "secretaire",
        "service",
        "services",
        "standard",
        "ressourceshumaines",
        "ressources",
        "webmaster",
        "ville",
    ]
)


@dataclass(frozen=True, slots=True)
class Person:
    """A person named référent, as they were typed."""

    civility: str = ""
    given_name: str = ""
    family_name: str = ""
    job_title: str = ""
    department: str = ""
    email: str = ""
    phone: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing was typed: a block of the form left as it was."""
        return not any(value.strip() for value in asdict(self).values())

    @property
    def full_name(self) -> str:
        """Given name then family name, as people say it."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def has_generic_email(self) -> bool:
        """The address looks like a service's mailbox rather than a person's: to be told, not refused."""
        local = searchable(self.email.partition("@")[0])
        words = [word for word in local.replace(".", "-").replace("_", "-").split("-") if word]
        own = {*searchable(self.given_name).split(), *searchable(self.family_name).split()} - _OF_A_SERVICE
        return bool(words) and not own & set(words) and (words[0] in _OF_A_SERVICE or "".join(words) in _OF_A_SERVICE)

    def cleaned(self, number: int) -> "Person":
        """Return the person as they are kept; raises `WrongAnswer`, whose field ends with the person's `number`."""
        try:
            clean = AgentDetails(**asdict(self)).cleaned()
        except InvalidField as refusal:
            raise WrongAnswer(refusal.sentence, field=f"{refusal.field}_{number}") from None
        if not clean.job_title:
            raise WrongAnswer("Saisissez la fonction.", field=f"job_title_{number}")
        return Person(**{field.name: getattr(clean, field.name) for field in fields(Person)})

    def clipped(self) -> "Person":
        """Return what a draft may keep of the person: anything, that the database can hold."""
        return Person(**{name: _clipped(value, _LONGEST[name]) for name, value in asdict(self).items()})


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `replaces`: the référents of today who are not named again lose their profile."""

    people: tuple[Person, ...] = ()
    signatory_name: str = ""
    signatory_title: str = ""
    replaces: bool = False

    def cleaned(self) -> "Answer":
        """Return the answer as it is kept; raises the first of its `faults`."""
        for fault in self.faults():
            raise fault
        return self._clean()

    def faults(self) -> Iterator[WrongAnswer]:
        """Yield what is wrong, one refusal for each person and for each line of the signature, in the form's order."""
        people = self._named()
        if not people:
            yield WrongAnswer("Désignez au moins une personne.", field="given_name_1")
        if len(people) > MOST_PEOPLE:
            yield WrongAnswer(f"Désignez {MOST_PEOPLE} personnes au plus.", field="")
        seen: list[Person] = []
        for number, person in people[:MOST_PEOPLE]:
            try:
                clean = person.cleaned(number)
                _check_new(clean, seen, number)
            except WrongAnswer as fault:
                yield fault
            else:
                seen.append(clean)
        yield from self._unsigned()

    def without_blanks(self) -> "Answer":
        """Return the answer without the blocks left empty."""
        return replace(self, people=tuple(person for person in self.people if not person.is_empty))

    def clipped(self) -> "Answer":
        """Return what a draft may keep: anything, that the database can hold."""
        return Answer(
            people=tuple(person.clipped() for person in self.without_blanks().people[:MOST_PEOPLE]),
            signatory_name=_clipped(self.signatory_name, SIGNATORY_NAME_LENGTH),
            signatory_title=_clipped(self.signatory_title, SIGNATORY_TITLE_LENGTH),
            replaces=self.replaces,
        )

    def fingerprint(self) -> str:
        """Return a digest of all that the answer says: a code sent for one answer signs no other."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def _named(self) -> list[tuple[int, Person]]:
        return [(number, person) for number, person in enumerate(self.people, 1) if not person.is_empty]

    def _clean(self) -> "Answer":
        return Answer(
            people=tuple(person.cleaned(number) for number, person in self._named()),
            signatory_name=clean_text(self.signatory_name, "Le nom", "", length=SIGNATORY_NAME_LENGTH),
            signatory_title=clean_text(self.signatory_title, "La qualité", "", length=SIGNATORY_TITLE_LENGTH),
            replaces=self.replaces,
        )

    def _unsigned(self) -> Iterator[WrongAnswer]:
        for field, label, longest, missing in (
            ("signatory_name", "Le nom", SIGNATORY_NAME_LENGTH, "Saisissez le prénom et le nom de qui signe."),
            ("signatory_title", "La qualité", SIGNATORY_TITLE_LENGTH, "Saisissez la qualité de qui signe : Maire…"),
        ):
            try:
                if not clean_text(getattr(self, field), label, field, length=longest):
                    yield WrongAnswer(missing, field=field)
            except InvalidField as refusal:
                yield WrongAnswer(refusal.sentence, field=field)


def _check_new(person: Person, seen: list[Person], number: int) -> None:
    for other in seen:
        if other.email == person.email:
            raise WrongAnswer("Cette adresse est déjà celle d'une autre personne désignée.", field=f"email_{number}")
        if searchable(other.full_name) == searchable(person.full_name):
            raise WrongAnswer("Cette personne est déjà désignée plus haut.", field=f"family_name_{number}")


def _clipped(typed: str, longest: int) -> str:
    # What is far too long is cut before it is composed: marks are sorted in the square of their number.
    composed = unicodedata.normalize("NFC", typed[: longest * _ROOM])
    text = "".join(sign for sign in composed if unicodedata.category(sign)[0] != "C")
    return " ".join(text.split())[:longest]
