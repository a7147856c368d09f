"""What an application would read of an agent in the answer to its ticket, and why. No ticket is made.

The values come from where the real ones do: `attributes.released`, `answers.flattened`.
"""

from typing import Any

from convergences.catalog.models import Application
from convergences.catalog.sheet import ATTRIBUTES
from convergences.directory.models import Membership
from convergences.foundations.text import french
from convergences.protocols.cas import answers, queries
from convergences.protocols.cas.models import UserName
from convergences.web.entrance import attributes
from convergences.web.panels.facts import Released, Trial, Withheld

PLACE = "Réponse de /cas/p3/serviceValidate"
_EACH_TIME = (
    ("authenticationDate", "l'instant de la connexion", "Quand l'agent s'est identifié pour la dernière fois."),
    ("authenticationMethod", "pwd, ou pwd, otp et mfa…", "Ce que l'agent a montré (mots de la RFC 8176)."),
    ("authnContextClass", "eidas1, eidas1-mfa ou eidas2", "Ce que cela vaut, sur l'échelle de ProConnect."),
    ("longTermAuthenticationRequestTokenUsed", "true ou false", "Vrai sur un appareil de confiance."),
    ("isFromNewLogin", "true ou false", "Vrai si l'agent s'est identifié pour entrer ici."),
)


def trial(application: Application, membership: Membership, roles: tuple[str, ...]) -> Trial:
    """Return what this agent's entry would tell the application, for this employer with these roles."""
    values = attributes.released(attributes.Person(membership, roles), application)
    lines = [_user(application, membership), *(_line(*each) for each in _EACH_TIME)]
    for name, value in values.items():
        why = f"« {ATTRIBUTES.get(name, name)} » est dans la fiche."
        lines += [_line(each, _shown(text), why) for each, text in answers.flattened({name: value}).items()]
    return Trial(tuple(lines), tuple(_withheld(application, values)))


def _user(application: Application, membership: Membership) -> Released:
    service = queries.service_of(application.pk)
    if service is not None and service.user == UserName.EMAIL and "email" in application.attributes:
        return _line("cas:user", str(membership.agent.email), "Son adresse e-mail : le réglage du raccordement.")
    why = "Son identifiant permanent, le même pour toutes les applications."
    return _line("cas:user", membership.agent.subject, why)


def _withheld(application: Application, values: dict[str, Any]) -> list[Withheld]:
    found = []
    for name, label in ATTRIBUTES.items():
        if name in values:
            continue
        on_sheet = name in application.attributes
        why = "L'annuaire n'a pas cette donnée pour cet agent." if on_sheet else f"« {label} » n'est pas dans la fiche."
        found.append(Withheld(name, french(why)))
    return found


def _line(name: str, value: str, why: str) -> Released:
    return Released(name, french(value) if " " in value and "'" in value else value, french(why), PLACE)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
