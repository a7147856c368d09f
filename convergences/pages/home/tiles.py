"""Tiles as the portal shows them: by category, narrowed by a search without accents."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse

from convergences.admission.queries import Tile, TileState
from convergences.foundations.text import searchable

MAX_QUERY = 100
OTHERS = "Autres services"
ACCOUNTS = "Comptes et droits"


@dataclass(frozen=True, slots=True)
class Shown:
    """One tile: what it is called, where it leads (nowhere before its opening), what its chip says."""

    name: str
    tagline: str
    icon: str
    category: str
    url: str = ""
    state: str = TileState.OPEN.value
    sentence: str = ""
    change_url: str = ""

    @property
    def words(self) -> str:
        """Return what a search looks into."""
        return searchable(f"{self.name} {self.tagline} {self.category}")


@dataclass(frozen=True, slots=True)
class Group:
    """A category and its tiles."""

    name: str
    tiles: tuple[Shown, ...]


def shown(tile: Tile) -> Shown:
    """Return an application's tile."""
    application = tile.application
    opens = tile.state in {TileState.OPEN, TileState.STEP_UP}
    return Shown(
        name=application.name,
        tagline=application.tagline,
        icon=application.icon,
        category=application.category or OTHERS,
        url=reverse("home:open", args=[application.slug]) if opens else "",
        state=tile.state.value,
        sentence=tile.sentence,
        change_url=reverse("home:choose_employer", args=[application.slug])
        if opens and len(tile.memberships) > 1
        else "",
    )


def directory_tile(*, is_referent: bool) -> Shown:
    """Return the tile of the directory, which everybody has."""
    return Shown(
        name="Annuaire des identités et des accès",
        tagline="Gérer les comptes et les droits des agents de votre collectivité."
        if is_referent
        else "Voir votre fiche et vos droits, changer votre photo ou votre mot de passe.",
        icon="address-book",
        category=ACCOUNTS,
        url=reverse("account:directory"),
    )


def grouped(tiles: Iterable[Shown], query: str) -> list[Group]:
    """Return the tiles that hold every word of the query, by category in the catalogue's order; accounts come last."""
    words = searchable(query[:MAX_QUERY].replace("-", " ")).split()
    kept = [tile for tile in tiles if all(word in tile.words.replace("-", " ") for word in words)]
    order = list(dict.fromkeys(tile.category for tile in kept))
    ranked = sorted(kept, key=lambda tile: (tile.category == ACCOUNTS, order.index(tile.category)))
    return [Group(name, tuple(group)) for name, group in groupby(ranked, key=lambda tile: tile.category)]
