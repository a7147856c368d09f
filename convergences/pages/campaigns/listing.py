"""Which employers of a campaign its page lists: behind a figure, in a part of them, by a word of their name."""

from dataclasses import dataclass

from django.http import QueryDict

from convergences.directory.queries import MAX_QUERY
from convergences.web.forms.narrowing import Asked

STATES = {
    "": "Sans réponse",
    "sans-adresse": "Sans adresse e-mail",
    "recues": "Réponses reçues",
    "a-verifier": "À vérifier",
    "validees": "Validées",
    "tous": "Tous",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks of the list. Unknown values ask nothing."""

    asked: Asked
    state: str
    q: str

    @classmethod
    def read(cls, query: QueryDict) -> "Wanted":
        """Return what an address asks."""
        state = query.get("etat", "")
        q = " ".join(query.get("q", "").replace("\x00", "").split())[:MAX_QUERY]
        return cls(Asked.read(query), state if state in STATES else "", q)

    @property
    def title(self) -> str:
        """What the list is called."""
        return STATES[self.state]

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """The other lists of the same employers: name, query, whether it is this one."""
        return [(label, self.asked.query(etat=word), word == self.state) for word, label in STATES.items()]
