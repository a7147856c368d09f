"""What is declared about an organization, and its cleaning."""

import re
from dataclasses import dataclass, replace

from stdnum.exceptions import ValidationError
from stdnum.fr import siret as siret_number

from convergences.directory.details import clean_email, clean_text
from convergences.directory.errors import InvalidField
from convergences.directory.models import Affiliation, Organization, OrganizationKind

_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DEPARTMENT = re.compile(r"(?:0[1-9]|1\d|2[1-9]|[3-8]\d|9[0-5]|2[AB]|97[1-8]|98[678])")
_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")


@dataclass(frozen=True, slots=True)
class Authority:
    """The autorité territoriale: the mayor or president, who alone may designate référents."""

    title: str = ""
    name: str = ""
    email: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class OrganizationDetails:
    """An organization as an operator or the centre declares it. `key` is its handle in addresses and files."""

    key: str
    siret: str
    name: str
    kind: str
    affiliation: str
    department: str
    parent: Organization | None = None
    email_domains: tuple[str, ...] = ()
    authority: Authority = Authority()
    active: bool = True

    def with_key(self, key: str) -> "OrganizationDetails":
        """Return the same details under another handle."""
        return replace(self, key=key)

    def cleaned(self) -> "OrganizationDetails":
        """Return the same details as they are kept; raises `InvalidField`, which names the field, and nothing else."""
        if self.kind not in OrganizationKind.values:
            raise InvalidField("Choisissez la nature de l'organisation.", field="kind")
        if self.affiliation not in Affiliation.values:
            raise InvalidField("Choisissez le lien de l'organisation avec le centre.", field="affiliation")
        if (self.kind == OrganizationKind.CENTER) != (self.affiliation == Affiliation.CENTER):
            raise InvalidField("Le centre de gestion, et lui seul, est rattaché comme centre.", field="affiliation")
        department = self.department.strip().upper()
        if not _DEPARTMENT.fullmatch(department):
            raise InvalidField("Saisissez le numéro du département, par exemple 93.", field="department")
        return replace(
            self,
            key=_clean_key(self.key),
            siret=clean_siret(self.siret),
            name=_clean_name(self.name),
            department=department,
            email_domains=tuple(dict.fromkeys(_clean_domain(domain) for domain in self.email_domains)),
            authority=_clean_authority(self.authority),
        )


def clean_siret(typed: str) -> str:
    """Return the 14 digits of a SIRET whose check digits are right; raises `InvalidField`."""
    digits = re.sub(r"\s", "", typed)
    if not (digits.isascii() and digits.isdigit() and len(digits) == 14):  # noqa: PLR2004 - 9 of the SIREN, 5 of the NIC
        raise InvalidField("Le numéro SIRET compte 14 chiffres.", field="siret")
    try:
        return str(siret_number.validate(digits))
    except ValidationError:
        raise InvalidField("Ce numéro SIRET n'existe pas. Vérifiez chaque chiffre.", field="siret") from None


def _clean_key(typed: str) -> str:
    key = typed.strip()
    if len(key) > 60 or not _KEY.fullmatch(key):  # noqa: PLR2004 - the column's length
        raise InvalidField(
            "Le nom court s'écrit en minuscules, chiffres et tirets : 60 caractères au plus.", field="key"
        )
    return key


def _clean_name(typed: str) -> str:
    name = clean_text(typed, "Le nom", "name", length=160)
    if not name:
        raise InvalidField("Saisissez le nom de l'organisation.", field="name")
    return name


def _clean_domain(typed: str) -> str:
    domain = typed.strip().lower().removeprefix("@")
    if not _DOMAIN.fullmatch(domain):
        raise InvalidField(
            "Un domaine s'écrit comme la fin d'une adresse, par exemple ville.fr.", field="email_domains"
        )
    return domain


def _clean_authority(authority: Authority) -> Authority:
    email = authority.email.strip()
    return Authority(
        title=clean_text(authority.title, "Le titre", "authority_title", length=80),
        name=clean_text(authority.name, "Le nom de l'autorité", "authority_name"),
        email=clean_email(email, field="authority_email") if email else "",
        address=clean_text(authority.address, "L'adresse", "authority_address", length=300),
    )
