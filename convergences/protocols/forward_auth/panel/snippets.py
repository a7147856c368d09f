"""« Réglages à coller »: what is shipped for each server, with this application's names and the portal's.

Names of machines hold letters, figures, dots and dashes: no file's language reads anything in them.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from convergences.foundations.text import french
from convergences.protocols.forward_auth.models import Gate
from convergences.web.panels import Snippet
from convergences.web.snippets import quoting

_FOLDER = Path(__file__).parent.parent / "shipped"
_NAMES = re.compile(r"snapi\.example|portail\.example|snapi-cap|SNAPI-CAP")
_FILES = (
    ("nginx", "nginx", "nginx.conf", "/etc/nginx/conf.d/…"),
    ("apache", "Apache", "apache.conf", "/etc/apache2/sites-available/…"),
    ("apache_lua", "Apache", "gate.lua", "/etc/apache2/portail/gate.lua"),
    ("traefik", "Traefik", "traefik.yaml", "Un fichier du fournisseur « file »"),
    ("caddy", "Caddy", "Caddyfile", "/etc/caddy/Caddyfile"),
)
NOTES = (
    "Remplacez 127.0.0.1:8080 par là où l'application écoute, pour cette machine seule, et les certificats.",
    "L'application lit Remote-User, Remote-Email… que ce serveur écrit ; elle ne doit être jointe que par lui.",
    "L'adresse de ce serveur est à déclarer au portail, par l'exploitant (CONVERGENCES_TRUSTED_PROXIES).",
)


def snippets(gate: Gate) -> tuple[Snippet, ...]:
    """Return the files to write, server by server."""
    host, portal = gate.hosts[0], urlsplit(settings.BASE_URL)
    names = {
        "snapi.example": host.partition(":")[0],
        "portail.example": portal.netloc,
        "snapi-cap": gate.application.slug,
        "SNAPI-CAP": quoting.comment(gate.application.name),
    }
    warning = (
        "" if portal.scheme == "https" else french("Ces textes supposent un portail en https, ce qu'il n'est pas ici.")
    )
    made, seen = [], set()
    for key, title, file, place in _FILES:
        text = _NAMES.sub(lambda found: names[found[0]], (_FOLDER / file).read_text(encoding="utf-8"))
        first = title not in seen
        seen.add(title)
        note = french("\n".join(NOTES)) if first else ""
        made.append(Snippet(key, title, french(place), text, note, warning if first else ""))
    return tuple(made)
