"""What the application behind the server would read of an agent, header by header. Nothing is signed or written."""

from convergences.catalog.models import Application
from convergences.catalog.sheet import ATTRIBUTES
from convergences.directory.models import Membership
from convergences.foundations.text import french
from convergences.protocols.forward_auth import telling
from convergences.web.entrance import attributes
from convergences.web.panels.facts import Released, Trial, Withheld

PLACE = "En-têtes de chaque demande"
# Each header, and the first of these that the sheet gives.
_FROM = {
    "Remote-Email": ("email",),
    "Remote-Name": ("name", "given_name", "usual_name"),
    "Remote-Groups": ("roles",),
    "Remote-Organization": ("organization",),
    "Remote-Siret": ("organization", "siret"),
}
_EACH_TIME = (
    ("Remote-Acr", "eidas1, eidas1-mfa ou eidas2", "Force de l'identification, sur l'échelle de ProConnect."),
    ("Remote-Amr", "pwd, ou pwd,otp,mfa…", "Ce que l'agent a montré (mots de la RFC 8176)."),
)


def trial(application: Application, membership: Membership, roles: tuple[str, ...]) -> Trial:
    """Return what this agent's requests would carry, for this employer with these roles."""
    known = attributes.released(attributes.Person(membership, roles), application)
    organization = known.get("organization", {})
    told = {
        "Remote-Email": known.get("email", ""),
        "Remote-Name": known.get("name")
        or " ".join(known[part] for part in ("given_name", "usual_name") if part in known),
        "Remote-Groups": ",".join(known.get("roles", ())),
        "Remote-Organization": organization.get("name", ""),
        "Remote-Siret": organization.get("siret") or known.get("siret", ""),
    }
    always = "Identifiant permanent de l'agent : il ne change jamais."
    lines = [Released("Remote-User", membership.agent.subject, french(always), PLACE)]
    lines += [Released(name, telling.encoded(value), _why(name, known), PLACE) for name, value in told.items() if value]
    lines += [Released(name, french(value), french(why), PLACE) for name, value, why in _EACH_TIME]
    signed = "Signé, valable une minute : tout ce que dit la fiche, pour qui veut le vérifier."
    lines.append(Released("Remote-Token", french("un jeton à chaque demande"), french(signed), PLACE))
    return Trial(tuple(lines), tuple(_empty(name) for name, value in told.items() if not value))


def _why(name: str, known: dict[str, object]) -> str:
    given = next(each for each in _FROM[name] if each in known)
    return french(f"« {ATTRIBUTES[given]} » est dans la fiche.")


def _empty(name: str) -> Withheld:
    wanted = ATTRIBUTES[_FROM[name][0]]
    return Withheld(name, french(f"Vide : « {wanted} » n'est pas dans la fiche, ou l'annuaire ne l'a pas."))
