"""What is typed about an agent, and its cleaning."""

import datetime as dt
import unicodedata
from dataclasses import dataclass, replace

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from convergences.directory.errors import DatesInDisorder, InvalidField
from convergences.directory.models import Civility

NAME_LENGTH = 80
TEXT_LENGTH = 120
_ROOM = 10  # spaces and decomposed letters that go: typed, a line may be that many times longer
EMAIL_LENGTH = 254
FRENCH_DIGITS = 9  # after the 0
EARLIEST = dt.date(1950, 1, 1)
LATEST = dt.date(2100, 12, 31)
# Letters and a sign that draw nothing: a name made of them alone would be an empty line in every list.
BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


@dataclass(frozen=True, slots=True)
class AgentDetails:
    """An agent as an employer types them: who they are, and where they work there."""

    given_name: str
    family_name: str
    email: str
    civility: str = ""
    phone: str = ""
    job_title: str = ""
    department: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None

    def cleaned(self) -> "AgentDetails":
        """Return the same details as they are kept; raises `InvalidField`, which names the field, and nothing else."""
        if self.civility not in {"", *Civility.values}:
            raise InvalidField("Choisissez la civilité : Madame ou Monsieur.", field="civility")
        _check_dates(self.starts_on, self.ends_on)
        return replace(
            self,
            given_name=_person_name(self.given_name, "le prénom", "given_name"),
            family_name=_person_name(self.family_name, "le nom", "family_name"),
            email=clean_email(self.email),
            phone=clean_phone(self.phone),
            job_title=clean_text(self.job_title, "La fonction", "job_title"),
            department=clean_text(self.department, "Le service", "department"),
        )


def clean_email(typed: str, *, field: str = "email") -> str:
    """Return the address in lower case; raises `InvalidField`. Syntax only (RFC 5321, 5322): nothing is resolved."""
    email = typed.strip()
    if not email:
        raise InvalidField("Saisissez l'adresse e-mail professionnelle.", field=field)
    if "@" not in email:
        raise InvalidField("Cette adresse est incomplète : il manque le signe @.", field=field)
    if "." not in email.rpartition("@")[2]:
        raise InvalidField("Cette adresse est incomplète : il manque la fin, par exemple .fr.", field=field)
    if len(email) > EMAIL_LENGTH or not email.isascii():
        raise InvalidField(
            "Cette adresse contient un accent ou un caractère non admis, ou est trop longue.", field=field
        )
    try:
        # The ASCII form: a domain in other letters may look like the employer's.
        kept = validate_email(email, check_deliverability=False, allow_smtputf8=False).ascii_email
    except EmailNotValidError:
        kept = None
    if kept is None:
        raise InvalidField(
            "Cette adresse e-mail n'est pas valable. Vérifiez-la, par exemple prenom.nom@ville.fr.", field=field
        )
    return kept.lower()


def clean_phone(typed: str) -> str:
    """Return the number as it is written in France, or "" ; raises `InvalidField`."""
    if not typed.strip():
        return ""
    refusal = InvalidField(
        "Ce numéro de téléphone n'est pas valable. Saisissez ses 10 chiffres, par exemple 01 23 45 67 89.",
        field="phone",
    )
    if any(character.isalpha() for character in typed):  # « 0800 ALLO » would be read as digits
        raise refusal
    try:
        number = phonenumbers.parse(typed, "FR")
    except phonenumbers.NumberParseException:
        raise refusal from None
    french = number.country_code == phonenumbers.country_code_for_region("FR")
    short = french and len(str(number.national_number)) != FRENCH_DIGITS
    if short or not phonenumbers.is_possible_number(number):
        raise refusal
    wanted = phonenumbers.PhoneNumberFormat.NATIONAL if french else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, wanted)


def clean_text(typed: str, label: str, field: str, *, length: int = TEXT_LENGTH) -> str:
    """Return a line of free text without useless spaces; raises `InvalidField` when too long or not printable."""
    # Far too long is not even composed: marks are sorted in the square of their number.
    text = " ".join(unicodedata.normalize("NFC", typed).split()) if len(typed) <= length * _ROOM else typed
    if len(text) > length:
        raise InvalidField(f"{label} est trop long : {length} caractères au plus.", field=field)
    # Control, format and surrogate characters: they turn text around on the screen, or break the database.
    if any(unicodedata.category(character)[0] == "C" or character in BLANK for character in text):
        raise InvalidField(f"{label} contient un caractère invisible. Saisissez-le à nouveau.", field=field)
    return text


def _person_name(typed: str, label: str, field: str) -> str:
    name = clean_text(typed, label.capitalize(), field, length=NAME_LENGTH)
    if not any(character.isalpha() for character in name):
        raise InvalidField(f"Saisissez {label} de l'agent.", field=field)
    # Names travel in mails: « Gagnez sur http://… » is no name.
    for character in name:
        if not (unicodedata.category(character)[0] in "LM" or character in " '’-.‐‑"):
            raise InvalidField(
                f"{label.capitalize()} contient un caractère qui n'est pas admis : {character}", field=field
            )
    return name


def _check_dates(starts_on: dt.date | None, ends_on: dt.date | None) -> None:
    for field, date in (("starts_on", starts_on), ("ends_on", ends_on)):
        if date and not EARLIEST <= date <= LATEST:
            raise InvalidField("Vérifiez l'année de cette date.", field=field)
    if starts_on and ends_on and ends_on < starts_on:
        raise DatesInDisorder("La date de fin précède la date de début.", field="ends_on")
