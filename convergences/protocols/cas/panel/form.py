"""The guided form: the application's addresses, whom it is told, and for few of them the proxies."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from convergences.foundations.text import french
from convergences.protocols.cas import addresses, metadata, queries
from convergences.protocols.cas.models import RegisteredService, UserName
from convergences.web.forms.fields import Lines
from convergences.web.panels.forms import Section
from convergences.web.panels.registered import Description, RegisteredForm

LONGEST = 12_000
USERS = (
    (
        UserName.EMAIL.value,
        (
            "Son adresse e-mail\nCe qu’attendent presque toutes les applications. Une adresse change parfois : "
            "le compte ne suit alors pas de lui-même."
        ),
    ),
    (
        UserName.SUBJECT.value,
        (
            "Un identifiant permanent, sans signification\nIl ne change jamais et n’est donné à personne d’autre. "
            "À préférer pour une application neuve."
        ),
    ),
)
_PROXY = "proxy"


class ServiceForm(RegisteredForm[RegisteredService]):
    """An application of CAS in words."""

    description = Description(metadata.FIELDS, metadata.read, queries.metadata_of)
    sections: ClassVar[tuple[Section, ...]] = (
        Section("Ses adresses", ("services",)),
        Section("Ce qu’elle lit de l’agent", ("user",)),
        Section("La déconnexion", ("single_logout",)),
        Section(
            "Appeler d’autres applications au nom de l’agent",
            (_PROXY, "proxy_callbacks"),
            "Peu d’applications le demandent : c’est le mandataire (proxy) de la norme CAS. Sans demande précise de "
            "l’ingénieur de l’application, laissez vide.",
            folded=True,
        ),
    )
    missing: ClassVar[Mapping[str, str]] = {
        "services": "Indiquez au moins une adresse, par exemple https://application.example/*",
        "user": "Choisissez ce qui désigne l'agent.",
    }

    services = Lines(
        problem=addresses.problem,
        label="Où l'agent peut revenir",
        help_text=(
            "Une par ligne : à la lettre près (https://application.example/login/cas), ou toute l'application en "
            "finissant par /* (https://application.example/*). https://application.example/paie/* ne vaut que pour "
            "ce qui est sous /paie/. C'est le « service » de la norme CAS."
        ),
        max_length=LONGEST,
    )
    user = forms.ChoiceField(
        label="Ce qui désigne l’agent", choices=USERS, widget=forms.RadioSelect, initial=UserName.EMAIL.value
    )
    single_logout = forms.BooleanField(
        label="La prévenir quand l’agent se déconnecte ou perd son droit",
        help_text="Le portail l'annonce à chaque adresse d'où l'agent est entré : elle doit être joignable du portail.",
        required=False,
        initial=True,
    )
    proxy = forms.BooleanField(
        label="Elle peut demander des tickets pour d’autres applications",
        help_text="Seulement pour l'agent qui vient d'y entrer, le temps de sa visite, et là où il peut entrer.",
        required=False,
    )
    proxy_callbacks = Lines(
        problem=addresses.problem,
        label="Où lui remettre ces tickets",
        help_text="Une adresse par ligne, sur son serveur : le « pgtUrl » de la norme CAS.",
        required=False,
        max_length=LONGEST,
    )

    def proposed(self) -> dict[str, Any]:
        """Return the name by which agents are known: what may not be learnt is not proposed."""
        return {} if "email" in self.application.attributes else {"user": UserName.SUBJECT.value}

    def compare(self, cleaned: dict[str, Any]) -> None:
        """Refuse an address that the sheet does not give, and addresses of proxies without any."""
        if cleaned["user"] == UserName.EMAIL and "email" not in self.application.attributes:
            self.add_error("user", french("L'adresse e-mail n'est pas cochée sur la fiche : cochez-la, ou choisissez "
                                          "l'identifiant permanent."))  # fmt: skip
        if cleaned["proxy_callbacks"] and not cleaned[_PROXY]:
            self.add_error(_PROXY, french("Cochez cette case, ou effacez les adresses qui suivent."))
