"""What an application would be told of an agent, and why. Nothing is signed, nothing is written.

The values come from where the real ones do: `naming.name_for`, `naming.attributes_for`.
"""

import uuid

from convergences.catalog.models import Application
from convergences.catalog.sheet import ATTRIBUTES
from convergences.directory.models import Membership
from convergences.foundations.text import french
from convergences.protocols.saml import names, naming, queries
from convergences.protocols.saml.models import NameFormat, ServiceProvider
from convergences.web.entrance.attributes import Person, released
from convergences.web.panels.facts import Released, Trial, Withheld

NAME, VALUES = "Nom de l’agent (NameID)", "Informations sur l’agent (attributs)"
_WHY = {
    NameFormat.PERSISTENT: "Identifiant permanent, propre à cette application : une autre en reçoit un autre.",
    NameFormat.EMAIL: "Adresse e-mail : le réglage du raccordement.",
    NameFormat.TRANSIENT: "Identifiant d'une session : le réglage du raccordement.",
}


def trial(application: Application, membership: Membership, roles: tuple[str, ...]) -> Trial:
    """Return what this agent's entry would tell the application, for this employer with these roles."""
    provider = queries.provider_of(application.pk)
    if provider is None:
        return Trial((), ())
    person = Person(membership, roles)
    told = naming.attributes_for(provider, person)
    mapped = provider.attributes or naming.USUAL
    lines = [
        Released(
            one.name,
            ", ".join(one.values),
            french(f"{one.friendly} : « {ATTRIBUTES[mapped[one.name]]} » est dans la fiche."),
            VALUES,
        )
        for one in told
    ]
    withheld = _withheld(provider, person, {mapped[one.name] for one in told})
    return Trial((_name(provider, membership), *lines), tuple(withheld))


def _name(provider: ServiceProvider, membership: Membership) -> Released:
    form = NameFormat(provider.name_id_format)
    said = french("propre à chaque session")
    name = naming.name_for(provider, membership.agent, "", visit=uuid.uuid4())
    value = said if form == NameFormat.TRANSIENT else name.value
    return Released(names.NAME_FORMATS[form].rpartition(":")[2], value, french(_WHY[form]), NAME)


def _withheld(provider: ServiceProvider, person: Person, told: set[str]) -> list[Withheld]:
    application = provider.application
    known = released(person, application)
    found = []
    for name, label in ATTRIBUTES.items():
        if name in told:
            continue
        if name not in application.attributes:
            why = f"« {label} » n'est pas dans la fiche de l'application."
        elif name in known:
            why = f"« {label} » est dans la fiche, mais le raccordement ne lui donne pas de nom."
        else:
            why = "L'annuaire n'a pas cette donnée pour cet agent."
        found.append(Withheld(name, french(why)))
    return found
