"""Lays the third-party parts of the pages, which npm brought, where Django serves them: `python -m tools.assets`.

Nothing of others is kept in git: `package.json` and its lock say what, `convergences/web/static/vendor/` holds it.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "convergences" / "web" / "static" / "vendor"
OUTLINES = MODULES / "@tabler" / "icons" / "icons" / "outline"
FONT = "atkinson-hyperlegible-next-latin-wght-normal.woff2"
COPIED = {
    "bootstrap.min.css": MODULES / "bootstrap" / "dist" / "css" / "bootstrap.min.css",
    "htmx.min.js": MODULES / "htmx.org" / "dist" / "htmx.min.js",
    FONT: MODULES / "@fontsource-variable" / "atkinson-hyperlegible-next" / "files" / FONT,
}
LICENCES = {
    "bootstrap": MODULES / "bootstrap" / "LICENSE",
    "htmx": MODULES / "htmx.org" / "LICENSE",
    "tabler-icons": MODULES / "@tabler" / "icons" / "LICENSE",
    "atkinson-hyperlegible-next": MODULES / "@fontsource-variable" / "atkinson-hyperlegible-next" / "LICENSE",
}
SHAPE = re.compile(r"<(?:path|circle|rect|line|ellipse|polyline|polygon)\b[^>]*/>")
# An icon's name as code and templates write it: between quotes, in small letters and dashes.
QUOTED = re.compile(r"""["']([a-z][a-z0-9]*(?:-[a-z0-9]+)*)["']""")
ICON_TAG = re.compile(r"""{%\s*icon\s+["']([a-z0-9-]+)["']""")
# What an engineer may choose for an application, beside what pages use.
CHOICE = frozenset((ROOT / "tools" / "icons.txt").read_text().split())
# Icons that scripts put in pages.
SCRIPTED = ("eye", "eye-off")
# Quoted words of our code that Tabler has icons for, and that no page draws: each weighs on every page.
NO_ICONS = frozenset((ROOT / "tools" / "no-icons.txt").read_text().split())


def icons() -> set[str]:
    """Return the names of the icons that the product may draw: those of its pages and code, and those one may choose.

    A quoted word that is also an icon's name counts: a few icons too many weigh less than one missing.
    """
    sources = [*(ROOT / "convergences").rglob("*.py"), *(ROOT / "convergences").rglob("templates/**/*.html")]
    quoted = {name for path in sources for name in QUOTED.findall(path.read_text())}
    demo = [*(ROOT / "convergences").rglob("*.yaml"), *(ROOT / "demo").rglob("*.yaml")]
    chosen = {name for path in demo for name in re.findall(r"icon:\s*([a-z0-9-]+)", path.read_text())}
    drawn = {name for name in quoted - NO_ICONS if (OUTLINES / f"{name}.svg").is_file()}
    return drawn | named() | chosen | set(CHOICE) | set(SCRIPTED)


def missing() -> set[str]:
    """Return the icons that a template names with `{% icon %}` and that do not exist."""
    return {name for name in named() | CHOICE | set(SCRIPTED) if not (OUTLINES / f"{name}.svg").is_file()}


def named() -> set[str]:
    """Return the icons that templates name with `{% icon %}`."""
    pages = (ROOT / "convergences").rglob("templates/**/*.html")
    return {name for path in pages for name in ICON_TAG.findall(path.read_text())}


def sprite(names: set[str]) -> str:
    """Return the file of symbols that pages refer to by name."""
    symbols = "".join(f'<symbol id="{name}" viewBox="0 0 24 24">{_shapes(name)}</symbol>' for name in sorted(names))
    return f'<svg xmlns="http://www.w3.org/2000/svg"><!-- Tabler Icons, MIT -->{symbols}</svg>\n'


def _shapes(name: str) -> str:
    shapes = SHAPE.findall((OUTLINES / f"{name}.svg").read_text())
    return "".join(re.sub(r"\s+/>", "/>", shape) for shape in shapes if 'stroke="none"' not in shape)


def lay() -> int:
    """Lay every part, and return how many icons there are; raises `SystemExit` when a package or an icon lacks."""
    if not OUTLINES.is_dir():
        raise SystemExit("node_modules is empty: run `npm ci` first (make assets does both)")
    if lacking := missing():
        raise SystemExit(f"No such icon in Tabler's outline set: {', '.join(sorted(lacking))}")
    (VENDOR / "licences").mkdir(parents=True, exist_ok=True)
    for name, source in COPIED.items():
        shutil.copyfile(source, VENDOR / name)
    for name, source in LICENCES.items():
        shutil.copyfile(source, VENDOR / "licences" / f"{name}.txt")
    names = icons()
    (VENDOR / "sprite.svg").write_text(sprite(names))
    return len(names)


if __name__ == "__main__":
    sys.stdout.write(f"{lay()} icons in {VENDOR / 'sprite.svg'}\n")
