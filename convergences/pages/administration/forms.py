"""The catalogue's part of an application, in two forms: what it is, then who may open it and what it is told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.utils.text import slugify

from convergences.catalog import queries
from convergences.catalog.errors import InvalidField
from convergences.catalog.models import Application, Assurance, Protocol
from convergences.catalog.sheet import ATTRIBUTES, ApplicationDetails, RoleDetails
from convergences.directory.models import Affiliation
from convergences.foundations.text import french
from convergences.web.forms.house import HouseForm
from convergences.web.panels.panel import panels

# Enough for the trades of a centre; an icon set otherwise stays in the list.
ICONS = {
    "apps": "Applications", "address-book": "Annuaire", "book": "Livre", "books": "Livres", "briefcase": "Mallette",
    "calendar": "Calendrier", "certificate": "Diplôme", "chart-bar": "Graphique", "checklist": "Liste cochée",
    "clipboard-list": "Bloc-notes", "clock": "Horloge", "coin-euro": "Pièce en euros", "database": "Base de données",
    "file-text": "Document", "folder": "Dossier", "forms": "Formulaire", "gavel": "Marteau de justice",
    "heart-handshake": "Entraide", "home": "Maison", "id": "Carte", "key": "Clé", "mail": "Courrier",
    "messages": "Messages", "news": "Journal", "receipt": "Reçu", "report-money": "Comptes", "school": "École",
    "search": "Loupe", "settings": "Engrenage", "shield-check": "Bouclier", "stethoscope": "Stéthoscope",
    "ticket": "Ticket", "tools": "Outils", "truck": "Camion", "users": "Personnes", "world": "Monde",
}  # fmt: skip
ASSURANCES = (
    (Assurance.PASSWORD.value, "Un mot de passe"),
    (Assurance.SECOND_FACTOR.value, "Une vérification en deux étapes"),
    (Assurance.FRESH_SECOND_FACTOR.value, "Une vérification en deux étapes de moins de 5 minutes"),
)
AFFILIATIONS = (
    (Affiliation.AFFILIATED.value, "Les employeurs affiliés"),
    (Affiliation.SUBSCRIBER.value, "Les employeurs abonnés"),
    (Affiliation.CENTER.value, "Le centre lui-même"),
)
USUAL_ATTRIBUTES = ["email", "given_name", "usual_name", "organization", "roles"]
LONGEST_ROLES = 4_000
LINK = (
    Protocol.LINK.value,
    "Par un simple lien\nLe portail mène à l’application, qui demande elle-même qui il est. Rien à raccorder.",
)


def assurance_of(told: Application | ApplicationDetails) -> str:
    """Say what an application asks for, and whether a trusted device will do."""
    said = dict(ASSURANCES).get(told.assurance, "")
    if told.assurance != Assurance.SECOND_FACTOR:
        return said
    return french(f"{said}, {'sauf' if told.remembers_devices else 'même'} sur un appareil de confiance")


class DetailsForm(HouseForm):
    """A form whose fields bear the names of `ApplicationDetails`, and which the catalogue judges."""

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data, once the catalogue takes them; what it refuses is said at its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.fill(ApplicationDetails(slug="nobody", name="Nobody", url="https://nobody.example/")).cleaned()
            except InvalidField as refusal:
                self.add_refusal(refusal)
        return cleaned

    def fill(self, details: ApplicationDetails) -> ApplicationDetails:
        """Return these details with what the form says."""
        return replace(details, **self.said())

    def said(self) -> dict[str, Any]:
        """Return what a valid form says, by the names of the details."""
        return dict(self.cleaned_data)


class AboutForm(DetailsForm):
    """What the application is, and how one enters it."""

    missing: ClassVar[Mapping[str, str]] = {
        "name": "Saisissez le nom de l'application.",
        "url": "Saisissez l'adresse de l'application.",
        "protocol": "Choisissez comment on y entre.",
    }
    name = forms.CharField(label="Nom", max_length=120)
    tagline = forms.CharField(
        label="En une phrase",
        help_text="Sous le nom, sur le portail : « Déclarer et suivre les cotisations ».",
        max_length=200,
        required=False,
    )
    url = forms.CharField(label="Adresse", help_text="Celle que le portail ouvre.", max_length=500)
    category = forms.CharField(
        label="Rubrique du portail",
        help_text="Choisissez-en une qui existe, ou écrivez-en une.",
        max_length=80,
        required=False,
    )
    icon = forms.ChoiceField(label="Image", choices=list(ICONS.items()), initial="apps")
    slug = forms.CharField(
        label="Identifiant court",
        help_text="Lettres sans accent, chiffres et tirets. Vide : d'après le nom. Il ne change plus ensuite.",
        max_length=60,
        required=False,
    )
    protocol = forms.ChoiceField(label="Comment l'agent y entre-t-il ?", widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["protocol"]
        ways = [
            (
                word,
                f"Déjà identifié, par {panel.name}\nLe portail dit à l’application qui entre, et avec quels droits.",
            )
            for word, panel in panels().items()
        ]
        field.choices, field.initial = [*ways, LINK], ways[0][0] if ways else LINK[0]  # type: ignore[attr-defined]

    def clean_slug(self) -> str:
        """Return the handle typed, or drawn from the name; adds an error when it is another application's."""
        typed: str = self.cleaned_data["slug"] or _handle(self.cleaned_data.get("name", ""))[:60].strip("-")
        if known := queries.names_of([typed]):
            raise forms.ValidationError(
                french(f"L'identifiant « {typed} » est déjà celui de « {known[typed]} ». Écrivez-en un autre.")
            )
        return typed


class AccessForm(DetailsForm):
    """Who may open the application, with which roles, and what it is told of them."""

    assurance = forms.ChoiceField(
        label="Ce qu'il faut pour entrer",
        choices=ASSURANCES,
        widget=forms.RadioSelect,
        initial=Assurance.PASSWORD.value,
    )
    remembers_devices = forms.BooleanField(
        label="Accepter les appareils de confiance",
        help_text=(
            "Pendant 30 jours, un agent ne refait pas la seconde étape dans un navigateur où il l'a demandé. "
            "Sans effet quand elle doit être récente."
        ),
        required=False,
        initial=True,
    )
    affiliations = forms.MultipleChoiceField(
        label="Employeurs à qui elle est proposée d'office",
        help_text="Les autres l'ont s'ils y sont abonnés. Les référents donnent les droits agent par agent.",
        choices=AFFILIATIONS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=[word for word, _ in AFFILIATIONS],
    )
    roles = forms.CharField(
        label="Rôles dans l'application",
        help_text="Un par ligne : ce que lit le référent, puis =, puis le mot que reçoit l'application.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        max_length=LONGEST_ROLES,
        initial="Utiliser = user",
    )
    attributes = forms.MultipleChoiceField(
        label="Ce qu'elle peut apprendre de l'agent",
        help_text="Rien d'autre ne lui est jamais transmis. Ne cochez que ce dont elle a besoin.",
        choices=list(ATTRIBUTES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=USUAL_ATTRIBUTES,
    )
    missing: ClassVar[Mapping[str, str]] = {
        "roles": "Écrivez au moins un rôle, par exemple « Utiliser = user ».",
        "assurance": "Choisissez ce qu'il faut pour entrer.",
    }

    def clean_roles(self) -> tuple[RoleDetails, ...]:
        """Return the roles typed; a line without a word for the application is given one drawn from its name."""
        lines = [line for each in self.cleaned_data["roles"].splitlines() if (line := each.strip())]
        return tuple(_role(line) for line in lines)

    def said(self) -> dict[str, Any]:
        """Return what a valid form says, by the names of the details."""
        return {name: tuple(value) if isinstance(value, list) else value for name, value in self.cleaned_data.items()}


class SheetForm(AccessForm):
    """The whole catalogue's part of an application that exists: its handle and its protocol stay."""

    name = forms.CharField(label="Nom", max_length=120)
    tagline = AboutForm.base_fields["tagline"]
    url = AboutForm.base_fields["url"]
    category = AboutForm.base_fields["category"]
    icon = forms.ChoiceField(label="Image")
    position = forms.IntegerField(
        label="Rang dans sa rubrique",
        help_text="Les plus petits nombres viennent d'abord.",
        min_value=0,
        max_value=32_000,
    )
    missing: ClassVar[Mapping[str, str]] = {
        **AboutForm.missing, **AccessForm.missing, "position": "Saisissez un nombre, par exemple 100.",
    }  # fmt: skip

    def __init__(self, application: Application, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=_present(application))
        known = ICONS if application.icon in ICONS else {**ICONS, application.icon: application.icon}
        self.fields["icon"].choices = list(known.items())  # type: ignore[attr-defined]


def _role(line: str) -> RoleDetails:
    name, _, key = (part.strip() for part in line.rpartition("=")) if "=" in line else (line, "", "")
    return RoleDetails(key or _handle(name)[:40].strip("-"), name)


def _handle(name: str) -> str:
    return slugify(name.replace("’", "-").replace("'", "-"))


def _present(application: Application) -> dict[str, Any]:
    details = ApplicationDetails.of(application)
    names = (
        *("name", "tagline", "url", "category", "icon", "position"),
        *("assurance", "remembers_devices", "affiliations", "attributes"),
    )
    roles = "\n".join(f"{role.name} = {role.key}" for role in details.roles)
    return {name: getattr(details, name) for name in names} | {"roles": roles}
