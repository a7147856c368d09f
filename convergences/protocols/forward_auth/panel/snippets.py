"""« Réglages à coller »: what is shipped for each server, with this site's names, its applications and the portal's.

Names of machines and paths hold letters, figures, dots and dashes: no file's language reads anything in them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from convergences.foundations.text import french
from convergences.protocols.forward_auth import queries
from convergences.protocols.forward_auth.models import Gate
from convergences.web.panels.facts import Snippet
from convergences.web.panels.snippets import quoting

FOLDER = Path(__file__).parent.parent / "shipped"
FIRST_PORT = 8080
_USUAL_PORT = "443"
# A name alone where a port would make no sense; `listen` and `*:` take the port alone.
_PLACES = re.compile(
    r"(?P<bare>server_name |ServerName |Host\(`|/etc/ssl/)?(?P<host>snapi\.example)"
    r"|(?<=portail/)(?P<script>snapi-cap)|(?P<portal>portail\.example)|(?P<slug>snapi-cap)|(?P<name>SNAPI-CAP)"
    r"|(?<=listen )(?P<listened>443)|(?P<virtual><VirtualHost \*:443>)"
)
# Said by the page that shows these files, where these names are examples.
_EXAMPLES = re.compile(r"# À remplacer : portail\.example\.\n|snapi\.example, portail\.example, (?:et )?")
_FILES = (
    ("nginx", "nginx", "nginx.conf", "/etc/nginx/conf.d/{slug}.conf"),
    ("apache", "Apache", "apache.conf", "/etc/apache2/sites-available/{slug}.conf"),
    ("apache_lua", "Apache", "gate.lua", "/etc/apache2/portail/{slug}.lua"),
    ("apache_portal", "Apache", "apache-portail.conf", "/etc/apache2/conf-available/portail.conf"),
    ("traefik", "Traefik", "traefik.yaml", "Un fichier du fournisseur « file »"),
    ("caddy", "Caddy", "Caddyfile", "/etc/caddy/Caddyfile"),
)
NOTES = (
    "Remplacez 127.0.0.1:8080 par là où l'application écoute, pour cette machine seule, et les certificats.",
    "L'application lit Remote-User, Remote-Email… que ce serveur écrit ; elle ne doit être jointe que par lui.",
    "L'adresse de ce serveur est à déclarer au portail, par l'exploitant (CONVERGENCES_TRUSTED_PROXIES).",
)


@dataclass(frozen=True, slots=True)
class Part:
    """An application of a site, and the path that is its own."""

    path: str
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Site:
    """A host, with its port where it is not the usual one, the portal's, and the applications of the host."""

    host: str
    portal: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Repeated:
    """What a file says once for each application of the site, how its path is said, and what serves the rest."""

    block: re.Pattern[str]
    at: Callable[[str, str], str]
    sign: str
    rest: str = ""


def _of_nginx(block: str, path: str) -> str:
    return block.replace("location / {", f"location {path} {{")


def _of_apache(block: str, path: str) -> str:
    # Without its last slash Apache takes the path itself too, and stops at the boundary all the same.
    bare = path.rstrip("/")
    return block.replace("ProxyPass / ", f"ProxyPass {bare} ").replace("/ nocanon", f"{bare} nocanon")


def _of_traefik(block: str, path: str) -> str:
    return re.sub(r"(Host\(`[^`]+`\))", rf"\1 && (Path(`{path.rstrip('/')}`) || PathPrefix(`{path}`))", block)


def _of_caddy(block: str, path: str) -> str:
    name = "@chemin" + "".join(sign if sign.isalnum() else f"_{ord(sign)}_" for sign in path.strip("/"))
    return f"\t{name} path {path.rstrip('/')} {path}*\n" + block.replace("handle {", f"handle {name} {{")


_REST = "Le reste du site n'est à aucune application du portail : il n'est pas servi."
_REPEATED = {
    "nginx.conf": _Repeated(
        re.compile(r"^    location / \{.*?^    \}\n", re.DOTALL | re.MULTILINE),
        _of_nginx,
        "    # ",
        f"\n    # {_REST}\n    location / {{\n        return 404;\n    }}\n",
    ),
    "apache.conf": _Repeated(re.compile(r"^    ProxyPass / .*\n", re.MULTILINE), _of_apache, "    # "),
    "traefik.yaml": _Repeated(re.compile(r"^    snapi-cap:\n(?:      .*\n)+", re.MULTILINE), _of_traefik, "    # "),
    "Caddyfile": _Repeated(
        re.compile(r"^\thandle \{.*?^\t\}\n", re.DOTALL | re.MULTILINE),
        _of_caddy,
        "\t# ",
        f"\t# {_REST}\n\thandle {{\n\t\trespond 404\n\t}}\n",
    ),
}


def snippets(gate: Gate) -> tuple[Snippet, ...]:
    """Return the files to write, server by server."""
    host, *others = gate.hosts
    site = Site(host, urlsplit(settings.BASE_URL).netloc, tuple(Part(*line) for line in queries.parts_of(host)))
    warning = french("\n".join(_warnings(site, others)))
    made, seen = [], set()
    for key, title, file, place in _FILES:
        first = title not in seen
        seen.add(title)
        where = french(place.format(slug=site.parts[0].slug))
        note = french("\n".join(NOTES)) if first else ""
        made.append(Snippet(key, title, where, text(file, site), note, warning if first else ""))
    return tuple(made)


def _warnings(site: Site, others: list[str]) -> list[str]:
    said = []
    if urlsplit(settings.BASE_URL).scheme != "https":
        said.append("Ces textes supposent un portail en https, ce qu'il n'est pas ici.")
    if len(site.parts) > 1:
        names = ", ".join(f"{part.name} ({part.path})" for part in site.parts)
        said.append(f"Plusieurs applications sont sur {site.host} : {names}. Ces textes valent pour toutes à la fois.")
    if others:
        said.append(f"Ces textes sont pour {site.host} ; recopiez-les pour {', '.join(others)}.")
    return said


def text(file: str, site: Site) -> str:
    """Return a shipped file, for a site: what is said of one application is said of each, the longest path first."""
    whole, repeated = _EXAMPLES.sub("", (FOLDER / file).read_text(encoding="utf-8")), _REPEATED.get(file)
    made, end = [], 0
    for found in repeated.block.finditer(whole) if repeated else ():
        made.append(_filled(whole[end : found.start()], site, site.parts[0]))
        made.append(_parts(found[0], site, repeated) if repeated else "")
        end = found.end()
    return "".join(made) + _filled(whole[end:], site, site.parts[0])


def _parts(block: str, site: Site, repeated: _Repeated) -> str:
    if [part.path for part in site.parts] == ["/"]:
        return _filled(block, site, site.parts[0])
    said, slugs = [], list(dict.fromkeys(part.slug for part in site.parts))
    for part in sorted(site.parts, key=lambda part: (-len(part.path), part.path)):
        listens = block.replace(f"127.0.0.1:{FIRST_PORT}", f"127.0.0.1:{FIRST_PORT + slugs.index(part.slug)}")
        own = _filled(listens, site, replace(part, slug=_once(part, site)))
        placed = own if part.path == "/" else repeated.at(own, part.path)
        said.append(f"{repeated.sign}{quoting.comment(part.name)}\n{placed}")
    rest = repeated.rest if site.parts[0].path != "/" else ""
    return "\n".join(said) + rest


def _once(part: Part, site: Site) -> str:
    """Return a name that no other part of the site bears: an application may have several paths."""
    paths = [each.path for each in site.parts if each.slug == part.slug]
    number = paths.index(part.path)
    return f"{part.slug}-{number + 1}" if number else part.slug


def _filled(content: str, site: Site, part: Part) -> str:
    name, _, port = site.host.partition(":")
    virtual = f"<VirtualHost *:{port or _USUAL_PORT}>"

    def value(found: re.Match[str]) -> str:
        values = {
            "host": f"{found['bare']}{name}" if found["bare"] else site.host,
            "script": site.parts[0].slug,
            "portal": site.portal,
            "slug": part.slug,
            "name": quoting.comment(part.name),
            "listened": port or _USUAL_PORT,
            "virtual": f"Listen {port}\n{virtual}" if port else virtual,
        }
        return values[str(found.lastgroup)]

    return _PLACES.sub(value, content)
