"""Invents the demo's agents, always the same: nobody's name is chosen, nobody's address exists."""

import datetime as dt
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from convergences.foundations.text import searchable

SEED = 929394
INVITED, SUSPENDED = 0.09, 0.03
ENDS_SOON, ENDS_LATER = 0.05, 0.12
MANY_RIGHTS = 0.85


@dataclass
class _Crowd:
    """What has been drawn so far: no address twice, and no seat more than an employer has."""

    words: dict[str, Any]
    today: dt.date
    dice: random.Random
    addresses: set[str] = field(default_factory=set)

    def names(self, kind: str) -> list[str]:
        return str(self.words["names"][kind]).split()


def invented(words: Path, today: dt.date, taken: set[str]) -> list[dict[str, Any]]:
    """Return the agents as entries of a declarative file; `taken` are addresses that are somebody's already."""
    crowd = _Crowd(tomllib.loads(words.read_text(encoding="utf-8")), today, random.Random(SEED), set(taken))  # noqa: S311
    return [agent for employer in crowd.words["employers"] for agent in _agents_of(crowd, employer)]


def _agents_of(crowd: _Crowd, employer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    seats = employer.get("bip_seats", employer["agents"])
    for _ in range(employer["agents"]):
        department = crowd.dice.choice(crowd.words["departments"])
        rights = _rights(crowd, employer, department["rights"])
        if any(right["application"] == "bip" for right in rights):
            seats -= 1
            rights = [right for right in rights if right["application"] != "bip" or seats >= 0]
        yield _agent(crowd, employer, department, rights)


def _agent(
    crowd: _Crowd, employer: dict[str, Any], department: dict[str, Any], rights: list[dict[str, Any]]
) -> dict[str, Any]:
    civility = crowd.dice.choice(["madam", "madam", "sir"])
    given = crowd.dice.choice(crowd.names(civility))
    family = crowd.dice.choice(crowd.names("family"))
    drawn = crowd.dice.random()
    state = "invited" if drawn < INVITED else "suspended" if drawn < INVITED + SUSPENDED else "active"
    membership = {
        "organization": employer["key"],
        "job_title": _job(crowd.dice.choice(department["jobs"]), civility),
        "department": department["name"],
        "from": crowd.today - dt.timedelta(days=crowd.dice.randint(20, 900)),
        "entitlements": rights,
    }
    return {
        "email": _address(crowd, given, family, employer["domain"]),
        "civility": civility,
        "given_name": given,
        "family_name": _unhyphened(family),
        "phone": f"01 99 {crowd.dice.randint(1, 99):02} {crowd.dice.randint(0, 99):02} {crowd.dice.randint(0, 99):02}",
        "state": state,
        "memberships": [membership],
    }


def _job(titles: str, civility: str) -> str:
    masculine, _, feminine = titles.partition("|")
    return feminine if feminine and civility == "madam" else masculine


def _unhyphened(family: str) -> str:
    """Particles are written apart: « Da Silva », « Le Gall », but « Aït-Ahmed »."""
    head, _, tail = family.partition("-")
    return f"{head} {tail}" if head in {"Da", "Dos", "Le", "El"} else family


def _address(crowd: _Crowd, given: str, family: str, domain: str) -> str:
    local = f"{_bare(given)}.{_bare(family)}"
    address, number = f"{local}@{domain}", 1
    while address in crowd.addresses:  # homonyms are common, and every directory must live with them
        number += 1
        address = f"{local}{number}@{domain}"
    crowd.addresses.add(address)
    return address


def _bare(name: str) -> str:
    return "".join(c for c in searchable(name.replace("ı", "i")) if c.isascii() and (c.isalnum() or c == "-"))


def _rights(crowd: _Crowd, employer: dict[str, Any], usual: list[str]) -> list[dict[str, Any]]:
    found = []
    for right in usual:
        application, role = right.split(":")
        if crowd.dice.random() > MANY_RIGHTS or (employer.get("subscriber") and application not in {"bip", "site"}):
            continue
        entitlement: dict[str, Any] = {"application": application, "roles": [role]}
        drawn = crowd.dice.random()
        if drawn < ENDS_SOON:
            entitlement["until"] = crowd.today + dt.timedelta(days=crowd.dice.randint(3, 29))
        elif drawn < ENDS_LATER:
            entitlement["until"] = crowd.today + dt.timedelta(days=crowd.dice.randint(60, 500))
        found.append(entitlement)
    return found
