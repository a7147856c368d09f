"""« Réglages à coller »: this application's own settings, in the words of the clients it may be built with.

Each client has its texts beside this file, one for each file to write. They hold the real identifiers and addresses,
quoted as each language wants, and never a secret.
"""

from pathlib import Path

from convergences.catalog.models import Application
from convergences.foundations.text import french, listed
from convergences.protocols.oidc.models import AuthenticationMethod, Client
from convergences.protocols.oidc.panel.snippets.kits import DRUPAL, KITS, Kit
from convergences.protocols.oidc.panel.snippets.values import Told, told_of
from convergences.web.panels.facts import Snippet
from convergences.web.panels.snippets import written
from convergences.web.panels.snippets.quoting import UnsayableError

_FOLDER = Path(__file__).parent


def snippets(application: Application) -> tuple[Snippet, ...]:
    """Return the files to write, client by client; none for a machine, which signs nobody in."""
    client = Client.objects.select_related("application").filter(application=application).first()
    if client is None or not client.redirect_uris:
        return ()
    told = told_of(client)
    return tuple(snippet for kit in KITS for snippet in _of(kit, told))


def _of(kit: Kit, told: Told) -> list[Snippet]:
    warnings = _warnings(kit, told)
    made = []
    for file in kit.files:
        try:
            text = written.fill(written.template(_FOLDER, file.key), told.values, told.flags, file.literal)
        except UnsayableError as value:
            text = ""
            warnings.append(f"{value} " + french("ne peut pas être écrit dans ce fichier sans y être transformé."))
        made.append(Snippet(file.key, kit.title, french(file.place), text))
    first, *others = made
    note, warning = french("\n".join(kit.notes)), "\n".join(warnings)
    return [Snippet(first.key, first.title, first.place, first.text, note, warning), *others]


def _warnings(kit: Kit, told: Told) -> list[str]:
    """Return what this client cannot do as the application is set, and what to change.

    An address is put in after the typography, which would alter it.
    """
    client = told.client
    found = []
    method = client.token_endpoint_auth_method
    if method not in kit.methods:
        found.append(f"Ce client ne connaît pas {method} : choisissez {_among(sorted(kit.methods))}.")
    algorithm = client.id_token_signed_response_alg
    if algorithm not in kit.algorithms:
        found.append(f"Ce client ne vérifie pas {algorithm} : choisissez {_among(sorted(kit.algorithms))} "
                     "pour la signature du jeton d'identité.")  # fmt: skip
    if kit.plain_userinfo and client.userinfo_signed_response_alg:
        found.append("Ce client attend de userinfo du JSON : choisissez une réponse sans signature.")
    if client.needs_pkce and not kit.challenges:
        found.append("Ce client n'emploie pas PKCE : ne l'exigez pas de lui.")
    found += [f"Ce client ne sait pas {act} : retirez cette exigence." for act in _beyond(kit, client)]
    return [*map(french, found), *_about_addresses(kit, told)]


def _beyond(kit: Kit, client: Client) -> list[str]:
    asked = {
        "déposer ses demandes (PAR)": client.require_pushed_authorization_requests and not kit.pushes,
        "lier ses jetons à une clé (DPoP)": client.dpop_bound_access_tokens,
        "signer ses demandes": bool(client.request_object_signing_alg),
    }
    return [act for act, needed in asked.items() if needed]


def _about_addresses(kit: Kit, told: Told) -> list[str]:
    found = []
    returns = f"{told.text('origin')}/openid-connect/{told.text('drupal_id')}"
    if kit is DRUPAL and told.text("redirect_uri") != returns:
        found.append(french("Inscrivez l'adresse de retour de Drupal : ") + returns)
    if kit.told_at and told.client.backchannel_logout_uri != kit.told_at(told):
        sentence = "Pour que le portail ferme les sessions de l'application, inscrivez l'adresse à prévenir : "
        found.append(french(sentence) + kit.told_at(told))
    return found


def _among(words: list[str]) -> str:
    return listed(
        [AuthenticationMethod(word).value if word in AuthenticationMethod else word for word in words], last="ou"
    )
