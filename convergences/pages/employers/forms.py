"""The form of an employer, and that of its closing."""

from typing import Any, ClassVar

from django import forms

from convergences.directory import departments, employers, staff
from convergences.directory.models import Affiliation, Agent, Organization, OrganizationKind
from convergences.directory.organization_details import Authority, OrganizationDetails
from convergences.foundations.text import french, searchable
from convergences.web.forms.house import HouseForm

CENTRE = OrganizationKind.CENTER.value
NOBODY_OF_THIS_NAME = "Aucun employeur ne porte ce numéro SIRET ou ce nom. Écrivez son nom entier."
SEVERAL_OF_THIS_NAME = "Plusieurs employeurs portent ce nom : donnez son numéro SIRET."


class EmployerForm(HouseForm):
    """What the centre says of an employer; a new one when none is given."""

    missing: ClassVar = {
        "name": "Saisissez le nom de l'employeur.",
        "siret": "Saisissez le numéro SIRET.",
        "kind": "Choisissez la nature de l'employeur.",
        "affiliation": "Choisissez son lien avec le centre.",
        "department": "Saisissez le numéro du département, par exemple 93.",
    }

    name = forms.CharField(label="Nom", max_length=160)
    siret = forms.CharField(label="Numéro SIRET", max_length=30)
    kind = forms.ChoiceField(label="Nature")
    affiliation = forms.ChoiceField(label="Lien avec le centre")
    department = forms.CharField(label="Département", max_length=40)
    parent = forms.CharField(label="Rattaché à", max_length=160, required=False)
    email_domains = forms.CharField(label="Domaines des adresses e-mail", max_length=500, required=False)
    authority_title = forms.CharField(label="Titre", max_length=80, required=False)
    authority_name = forms.CharField(label="Nom", max_length=120, required=False)
    authority_email = forms.EmailField(label="Adresse e-mail officielle", max_length=254, required=False)
    authority_address = forms.CharField(label="Adresse postale", max_length=300, required=False)
    correspondent = forms.ChoiceField(label="Correspondant", required=False)

    def __init__(self, data: Any = None, *, employer: Organization | None = None) -> None:
        self.employer = employer
        super().__init__(data, initial=_initial(employer) if employer else None)
        centre = employer is not None and employer.kind == CENTRE
        self._choose("kind", [each for each in OrganizationKind.choices if (each[0] == CENTRE) == centre])
        self._choose("affiliation", [each for each in Affiliation.choices if (each[0] == CENTRE) == centre])
        self.people = {str(agent.pk): agent for agent in staff.correspondents().distinct()}
        named = [(key, agent.full_name) for key, agent in self.people.items()]
        self._choose("correspondent", named, blank="Personne en particulier")

    def _choose(self, name: str, choices: list[Any], blank: str = "Choisissez") -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices if len(choices) == 1 and field.required else [("", french(blank)), *choices]

    def clean_parent(self) -> Organization | None:
        """Return the employer that is meant by a SIRET or a whole name; refuses what nobody or several bear."""
        typed = str(self.cleaned_data["parent"]).strip()
        return meant(typed) if typed else None

    def details(self) -> OrganizationDetails:
        """Return the details that a valid form makes; a new employer's handle comes from its name."""
        said = self.cleaned_data
        return OrganizationDetails(
            key=self.employer.key if self.employer else employers.free_key(said["name"], employers.keys()),
            siret=said["siret"],
            name=said["name"],
            kind=said["kind"],
            affiliation=said["affiliation"],
            department=departments.number_of(said["department"]),
            parent=said["parent"],
            email_domains=tuple(said["email_domains"].replace(",", " ").replace(";", " ").split()),
            authority=Authority(
                title=said["authority_title"],
                name=said["authority_name"],
                email=said["authority_email"],
                address=said["authority_address"],
            ),
            active=self.employer.active if self.employer else True,
        )

    def chosen_correspondent(self) -> Agent | None:
        """Return the correspondant whom a valid form names, or None."""
        return self.people.get(self.cleaned_data["correspondent"])


def meant(typed: str) -> Organization:
    """Return the employer that is meant by a SIRET or a whole name; raises `ValidationError` for nobody or several."""
    found = employers.by_number_or_name(typed)
    if len(found) != 1:
        raise forms.ValidationError(french(SEVERAL_OF_THIS_NAME if found else NOBODY_OF_THIS_NAME))
    return found[0]


def _initial(employer: Organization) -> dict[str, Any]:
    plain = ("name", "siret", "kind", "affiliation", "department", "authority_title", "authority_name")
    return {
        **{name: getattr(employer, name) for name in (*plain, "authority_email", "authority_address")},
        "parent": employer.parent.siret if employer.parent else "",
        "email_domains": ", ".join(employer.email_domains),
        "correspondent": str(employer.correspondent_id or ""),
    }


class ClosingForm(HouseForm):
    """The name of the employer, typed again by who closes it, and why."""

    missing: ClassVar = {"name": "Recopiez le nom de l'employeur."}

    name = forms.CharField(label="Recopiez le nom de l’employeur pour confirmer", max_length=160)
    reason = forms.CharField(label="Motif", max_length=200, required=False)

    def __init__(self, data: Any = None, *, employer: Organization) -> None:
        super().__init__(data)
        self.employer = employer

    def clean_name(self) -> str:
        """Return the name; refuses another one, but not another case or accent."""
        typed = str(self.cleaned_data["name"])
        if searchable(typed) != searchable(self.employer.name):
            raise forms.ValidationError(french("Ce n'est pas le nom de cet employeur."))
        return typed


class OtherForm(HouseForm):
    """Another employer, by its SIRET or its whole name."""

    missing: ClassVar = {"avec": "Donnez le numéro SIRET ou le nom entier de l'employeur."}

    avec = forms.CharField(label="Employeur", max_length=160)

    def __init__(self, data: Any = None, *, label: str) -> None:
        super().__init__(data)
        self.fields["avec"].label = french(label)

    def clean_avec(self) -> Organization:
        """Return the employer that is meant."""
        return meant(str(self.cleaned_data["avec"]).strip())


class AddressForm(HouseForm):
    """The official address of an employer's autorité territoriale."""

    missing: ClassVar = {"authority_email": "Saisissez l'adresse e-mail officielle."}

    authority_email = forms.EmailField(label="Adresse e-mail officielle", max_length=254)

    def __init__(self, data: Any = None, *, employer: Organization) -> None:
        super().__init__(data, initial={"authority_email": employer.authority_email})
