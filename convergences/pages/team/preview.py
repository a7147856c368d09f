"""« Ce que verra l'agent »: the portal's tiles as admission says them, or as they would be once a form is saved."""

from dataclasses import dataclass

from convergences.admission.queries import Tile, TileState, preview_tiles
from convergences.directory.models import Membership
from convergences.foundations import clock
from convergences.foundations.text import day_in_words, french
from convergences.pages.team.rights_form import Line, RightsForm


@dataclass(frozen=True, slots=True)
class Shown:
    """One application: on the portal or not, and why, in a few words."""

    name: str
    icon: str
    note: str
    off: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """The portal of one agent, for this employer. `draft`: as it would be once the form is saved."""

    tiles: list[Shown]
    absent: list[Shown]
    draft: bool = False


def as_saved(member: Membership) -> Preview:
    """Return the portal as it is."""
    return _preview(preview_tiles(member, now=clock.now()), {}, draft=False)


def as_drafted(member: Membership, rights: RightsForm) -> Preview:
    """Return the portal as it would be if what is switched on in the form were saved."""
    lines = {line.source.application.pk: line for line in rights.lines if not line.closed}
    return _preview(preview_tiles(member, now=clock.now()), lines, draft=True)


def _preview(tiles: list[Tile], lines: dict[int, Line], *, draft: bool) -> Preview:
    shown = [_shown(tile, lines.get(tile.application.pk)) for tile in tiles]
    return Preview(
        tiles=[each for here, each in shown if here], absent=[each for here, each in shown if not here], draft=draft
    )


def _shown(tile: Tile, line: Line | None) -> tuple[bool, Shown]:
    """Return whether the tile is there, and how it reads."""
    name, icon = tile.application.name, tile.application.icon
    held = line is not None and line.source.entitlement is not None
    if line is not None and line.on and not held and tile.state == TileState.HIDDEN:
        opens_on = line.source.opens_on
        return True, Shown(name, icon, f"Ouverture le {day_in_words(opens_on)}" if opens_on else "", bool(opens_on))
    if line is not None and not line.on and held and tile.state in {TileState.OPEN, TileState.STEP_UP}:
        return False, Shown(name, icon, french("Aucun droit donné"), off=True)
    here = tile.state != TileState.HIDDEN
    quiet = tile.state == TileState.OPEN and tile.sentence == french("Droit donné")
    return here, Shown(name, icon, "" if quiet else tile.sentence, off=tile.state in {TileState.HIDDEN, TileState.SOON})
