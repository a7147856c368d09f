"""Is this password hard to guess? DOMAIN's rule, after CNIL 2022-100 and ASVS 5.0 V6.2.

At least 12 characters, 50 bits by estimate, not known as leaked, and nothing of the agent's name, address or employer.
No rule on kinds of characters: they make people write « Motdepasse1! ».
"""

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from zxcvbn import scoring
from zxcvbn.matching import RANKED_DICTIONARIES, omnimatch

from convergences.authentication import hashing
from convergences.authentication.errors import WeakPassword
from convergences.authentication.folding import bare, folded, letters_and_digits
from convergences.authentication.known import is_known, words
from convergences.catalog.models import Application
from convergences.directory.models import Agent, Organization

SHORTEST = 12
PRODUCT = "Convergences"
ENOUGH_BITS = 50
_ESTIMATED = 72  # zxcvbn's own bound: its work grows with the square of the length
_RANDOM_RUN = 10
_SHORT_WORD = 3
_KINDS = ((re.compile(r"[a-z]"), 26), (re.compile(r"[A-Z]"), 26), (re.compile(r"\d"), 10), (re.compile(r"[^\w]|_"), 32))
_MANY_KINDS = 3
_EVERYWHERE = """
    ville commune mairie departement conseil communaute metropole agglomeration territoire territorial etablissement
    public publique office habitat syndicat intercommunal centre communal action sociale gestion caisse ecoles
    saint sainte pour dans avec de la le les des du et en au aux sur sous
"""

SENTENCES = {
    "length": f"Votre mot de passe est trop court : il en faut {SHORTEST} caractères ou plus.",
    "too_long": f"Votre mot de passe est trop long : {hashing.LONGEST} caractères au plus.",
    "personal": "Votre mot de passe contient votre nom, votre adresse, votre employeur ou une application du portail : "
    "choisissez autre chose.",
    "known": "Ce mot de passe figure dans les listes que les pirates essaient en premier : choisissez-en un autre.",
    "guess": "Ce mot de passe serait trop facile à deviner : ajoutez un ou deux mots sans rapport entre eux.",
}


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a password is worth: `bits` by estimate, and the parts of the rule it misses (keys of `SENTENCES`)."""

    bits: float
    missing: list[str]

    @property
    def accepted(self) -> bool:
        """Whether the rule is met."""
        return not self.missing


def assess(clear: str, *, context: Sequence[str]) -> Assessment:
    """Judge a password for someone whose name, address and employers are `context`; raises `hashing.Overloaded`."""
    text = hashing.normalised(clear)
    if hashing.too_long(text):
        return Assessment(0.0, ["too_long"])
    with hashing.turn():
        bits = estimated_bits(text[:_ESTIMATED], context=context)
    checks = {
        "length": len(text) < SHORTEST,
        "personal": _holds_any(text, context),
        "known": is_known(text),
        "guess": bits < ENOUGH_BITS,
    }
    return Assessment(bits, [name for name, fails in checks.items() if fails])


def require(clear: str, *, context: Sequence[str], field: str = "new") -> None:
    """Raise `WeakPassword`, with the first thing to mend, when the rule is not met."""
    missing = assess(clear, context=context).missing
    if missing:
        raise WeakPassword(SENTENCES[missing[0]], missing=missing, field=field)


def context_of(agent: Agent) -> list[str]:
    """Return what a guesser knows of the agent: names, the address's local part, employers, what they open here."""
    employers = Organization.objects.filter(memberships__agent=agent, memberships__closed_at__isnull=True)
    local_part = (agent.email or "").split("@")[0]
    # Applications by their whole name: « emploi » and « public » are everybody's words.
    house = [letters_and_digits(name) for name in (PRODUCT, *Application.objects.values_list("name", flat=True))]
    return [agent.given_name, agent.family_name, local_part, *employers.values_list("name", flat=True), *house]


def estimated_bits(text: str, *, context: Sequence[str]) -> float:
    """Return log2 of the guesses that zxcvbn counts, with French lists and the context among its dictionaries."""
    if not text:
        return 0.0
    # Passed by value: `zxcvbn()` writes its `user_inputs` in a dictionary that all threads share.
    personal = {word: rank for rank, word in enumerate(sorted(_personal_words(context)), 1)}
    plain = bare(text)
    result = scoring.most_guessable_match_sequence(plain, omnimatch(plain, {**_dictionaries(), "personal": personal}))
    return math.log2(result["guesses"]) + sum(_unseen_chance(match) for match in result["sequence"])


def _unseen_chance(match: dict[str, Any]) -> float:
    """Return the bits that zxcvbn does not grant to a long run drawn at random.

    It counts ten choices for any character it cannot explain: right for half a word, severe for « k8#Lq2!vX0pz », which
    a password manager made. A run that mixes kinds and changes at least every other character counts in full.
    """
    token = match["token"]
    if match["pattern"] != "bruteforce" or len(token) < _RANDOM_RUN:
        return 0.0
    kinds = [next((i for i, (kind, _) in enumerate(_KINDS) if kind.match(c)), 0) for c in token]
    changes = sum(a != b for a, b in itertools.pairwise(kinds))
    if len(set(kinds)) < _MANY_KINDS or changes * 2 < len(token) - 1:
        return 0.0
    alphabet = sum(_KINDS[kind][1] for kind in set(kinds))
    return len(token) * (math.log2(alphabet) - math.log2(scoring.BRUTEFORCE_CARDINALITY))


@lru_cache(maxsize=1)
def _dictionaries() -> dict[str, dict[str, int]]:
    french = ("french-words.txt.gz", "french-names.txt.gz", "french-passwords.txt")
    lists = {name: words(name) for name in french}
    lists["years"] = [str(year) for year in range(2035, 1939, -1)]  # zxcvbn's own stop at 2019
    ranked = {name: {word: rank for rank, word in enumerate(listed, 1)} for name, listed in lists.items()}
    return {**{name: words for name, words in RANKED_DICTIONARIES.items() if name != "user_inputs"}, **ranked}


def _personal_words(context: Sequence[str]) -> set[str]:
    parts = (part for given in context for part in re.split(r"[^a-z0-9]+", folded(given)))
    whole = (letters_and_digits(given) for given in context)
    common = set(_EVERYWHERE.split())
    return {word for word in (*parts, *whole) if len(word) > 1 and word not in common}


def _holds_any(text: str, context: Sequence[str]) -> bool:
    """Say whether the password holds a word of the context; words of three letters or less, only standing alone.

    « Ng » within « angle » is chance; within « Ng-2026 » it is the agent's name.
    """
    joined = letters_and_digits(text)
    alone = set(re.split(r"[^a-z]+", folded(text)))
    return any(
        word in alone if len(word) <= _SHORT_WORD else word in joined
        for word in _personal_words(context)
        if not word.isdigit()
    )
