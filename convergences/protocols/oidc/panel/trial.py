"""What an application would be told of an agent, claim by claim, and why. Nothing is signed, nothing is written.

The values come from where the real ones do: `claims.released`, `subjects.of`, `id_tokens.content`.
"""

import json
import uuid
from typing import Any

from convergences.authentication.models import Level, Session
from convergences.catalog.models import Application, Assurance
from convergences.catalog.sheet import ATTRIBUTES
from convergences.directory.models import Membership
from convergences.foundations import clock
from convergences.foundations.text import french, listed
from convergences.protocols.oidc import claims, id_tokens, scopes, subjects
from convergences.protocols.oidc.models import Client
from convergences.web.panels.facts import Released, Trial, Withheld

IDENTITY = "Jeton d’identité"
USERINFO = "Réponse de /oauth/userinfo"
# What changes at each entrance: said in words, since no entrance is made.
_EACH_TIME: dict[str, tuple[str, str]] = {
    "iat": ("l'instant de l'émission", "Date de l'émission."),
    "exp": ("dix minutes plus tard", "Fin de validité du jeton."),
    "auth_time": (
        "l'instant de la connexion",
        "Quand l'agent s'est identifié pour la dernière fois, seconde étape comprise.",
    ),
    "sid": ("propre à chaque session", "Numéro de la session, repris par l'annonce de déconnexion."),
    "nonce": ("celui de la demande", "Recopié de la demande de l'application, si elle en donne un."),
    "at_hash": ("calculé", "Empreinte du jeton d'accès remis en même temps."),
}


def trial(application: Application, membership: Membership, roles: tuple[str, ...]) -> Trial:
    """Return what this agent's entry would tell the application, if it asked for all that it is allowed to."""
    client = Client.objects.select_related("sector").get(application=application)
    if "authorization_code" not in client.grant_types:
        alone = french("Ce client est une machine : ses jetons ne parlent d'aucun agent.")
        return Trial(released=(), withheld=(Withheld("Toute donnée de l’agent", alone),))
    person = claims.Person(membership, roles)
    found = claims.released(person, scope=client.scope, application=application)
    return Trial(
        released=(*_identity(client, person), *_userinfo(client, person, found)),
        withheld=(*_withheld_claims(client, application, found), *_unheard(application)),
    )


def _identity(client: Client, person: claims.Person) -> list[Released]:
    strong = client.application.assurance != Assurance.PASSWORD
    # Never saved: the session that the agent would have, signed in just as strongly as the application asks.
    session = Session(uid=uuid.UUID(int=0), factors=["pwd"], authenticated_at=clock.now())
    if strong:
        session.factors, session.level = ["pwd", "otp", "mfa"], Level.TWO_FACTORS
    held = id_tokens.content(client, session, subject=subjects.of(client, person.agent), also={})
    how = "vérification en deux étapes" if strong else "mot de passe"
    why = {
        "iss": "Le portail, qui signe.",
        "sub": _about_subject(client),
        "aud": "L'application, seule destinataire.",
        "acr": f"Force de l'identification : {how}.",
        "amr": f"Moyens employés : {how}.",
    }
    lines = [_line(name, held[name], sentence) for name, sentence in why.items()]
    return [*lines, *(_line(name, value, sentence) for name, (value, sentence) in _EACH_TIME.items())]


def _line(name: str, value: Any, why: str, place: str = IDENTITY) -> Released:
    return Released(name, french(value) if name in _EACH_TIME else _shown(value), french(why), place)


def _about_subject(client: Client) -> str:
    if client.sector is None:
        return "Identifiant de l'agent, le même pour toutes les applications ; il ne change jamais."
    return f"Identifiant propre à {client.sector.identifier} : d'autres applications en reçoivent un autre."


def _userinfo(client: Client, person: claims.Person, found: dict[str, Any]) -> list[Released]:
    lines = [_line("sub", subjects.of(client, person.agent), "Le même que dans le jeton d'identité.", USERINFO)]
    if client.userinfo_signed_response_alg:
        signed = f"La réponse est signée ({client.userinfo_signed_response_alg})."
        lines.append(Released("iss, aud, iat", french("comme dans le jeton d'identité"), french(signed), USERINFO))
    for name, value in found.items():
        attribute = ATTRIBUTES[claims.CLAIMS[name].attribute]
        why = f"Portée {listed(_asking(client, name))} ; « {attribute} » est dans la fiche."
        lines.append(_line(name, value, why, USERINFO))
    return lines


def _withheld_claims(client: Client, application: Application, found: dict[str, Any]) -> list[Withheld]:
    lines = []
    for name, claim in claims.CLAIMS.items():
        if name in found:
            continue
        reasons = []
        if claim.attribute not in application.attributes:
            reasons.append(f"« {ATTRIBUTES[claim.attribute]} » n'est pas dans la fiche de l'application")
        if not _asking(client, name):
            would = [word for word, names in scopes.CLAIMS.items() if name in names]
            reasons.append(f"ce client n'a pas la portée {listed(would, last='ou')}")
        said = " ; ".join(reasons) or "l'annuaire n'a pas cette donnée pour cet agent"
        lines.append(Withheld(name, french(f"{said[0].upper()}{said[1:]}.")))
    return lines


def _unheard(application: Application) -> list[Withheld]:
    """Attributes that the sheet allows and that no claim carries."""
    carried = {claim.attribute for claim in claims.CLAIMS.values()} | {"email_verified"}
    left = [attribute for attribute in application.attributes if attribute not in carried]
    return [
        Withheld(
            name, french(f"« {ATTRIBUTES.get(name, name)} » est dans la fiche, mais OpenID Connect ne le dit pas.")
        )
        for name in left
    ]


def _asking(client: Client, name: str) -> list[str]:
    return [word for word in client.scope.split() if name in scopes.CLAIMS.get(word, frozenset())]


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
