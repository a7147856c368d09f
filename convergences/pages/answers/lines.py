"""The lines of the queue: an answer, whom it names, and what is remarked in a few words."""

from collections.abc import Sequence
from dataclasses import dataclass

from convergences.campaigns.models import Designation
from convergences.campaigns.services import comparing
from convergences.campaigns.services.comparing import Remark
from convergences.campaigns.services.foreseeing import Fate
from convergences.foundations.text import french, listed

# What deserves a look, and what only tells what accepting does.
SHORT = {
    "generic": "boîte de service",
    "outside": "adresse extérieure",
    "namesake": "homonyme",
    "name": "adresse d’un autre",
    "elsewhere": "référent ailleurs",
    "left": "a quitté l’employeur",
    "suspended": "compte suspendu",
    "ended": "rattachement terminé",
    "signatory": "autre signataire",
}
TOLD = {"same": "déjà référent", "leaving": "remplace des référents"}


@dataclass(frozen=True, slots=True)
class Line:
    """One answer of the queue."""

    designation: Designation
    named: str
    remarks: str
    chip: tuple[str, str, str]


def beside(fate: Fate) -> list[tuple[str, str, str]]:
    """Return what was typed of a person beside what the employer's directory knows of them; nothing for a stranger."""
    named, member = fate.named, fate.member
    if member is None:
        return []
    return [
        ("Nom", str(named), member.full_name),
        ("Fonction", named.job_title, member.job_title),
        ("Service", named.department, member.department),
        ("Adresse e-mail", named.email, member.email),
        ("Téléphone", named.phone, member.phone),
    ]


def lines_of(designations: Sequence[Designation]) -> list[Line]:
    """Return the lines of these answers, in as many queries as for one."""
    found = comparing.compare_each(designations)
    return [
        Line(each, listed([str(named) for named in each.named.all()]), _short(found[each.pk]), _chip(found[each.pk]))
        for each in designations
    ]


def _short(remarks: list[Remark]) -> str:
    words = {**SHORT, **TOLD}
    return ", ".join(dict.fromkeys(words[remark.code] for remark in remarks))


def _chip(remarks: list[Remark]) -> tuple[str, str, str]:
    if any(remark.blocks for remark in remarks):
        return "bad", "À débloquer", "lock"
    number = sum(remark.code in SHORT for remark in remarks)
    if number:
        return "warn", french(f"{number} remarque{'s' if number > 1 else ''}"), "alert-triangle"
    return "ok", "Rien à signaler", "check"
