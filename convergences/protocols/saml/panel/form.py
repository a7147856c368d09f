"""The guided form: the application's own description, under which name it knows agents, how their values are named."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from convergences.catalog.models import Application
from convergences.catalog.sheet import ATTRIBUTES
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.protocols.saml import metadata_in, queries
from convergences.protocols.saml.errors import InvalidProvider
from convergences.protocols.saml.metadata_in import Described
from convergences.protocols.saml.models import NameFormat, ServiceProvider
from convergences.protocols.saml.panel import learnt, words
from convergences.protocols.saml.services import registration
from convergences.web.panels.facts import Fact
from convergences.web.panels.forms import LARGEST_FILE, PanelForm, Section, plainly

SOURCE = ("metadata_url", "metadata_file", "metadata")


def _box(label: str, help_text: str = "", *, initial: bool = False) -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False, initial=initial)


class ProviderForm(PanelForm):
    """An application of SAML in words. `metadata_file` becomes `metadata` on its way: see `with_texts_of_files`."""

    sections: ClassVar[tuple[Section, ...]] = (
        Section(
            "Sa description (métadonnées)",
            SOURCE,
            "Un document XML que l’application publie ou que son ingénieur vous envoie. Une seule des trois façons "
            "suffit ; l’adresse est la meilleure, car nous la relisons.",
        ),
        Section("Sous quel nom connaît-elle l’agent ?", ("name_id_format",)),
        Section("Ce qu’elle apprend de l’agent", ("naming", "own_names")),
        Section("Depuis le portail", ("idp_initiated", "relay_state")),
        Section(
            "Réglages pour spécialistes",
            ("encrypted_assertions", "signed_requests"),
            "Sans demande précise de l’ingénieur de l’application, laissez-les tels quels.",
            folded=True,
        ),
    )
    missing: ClassVar[Mapping[str, str]] = {"name_id_format": "Choisissez sous quel nom elle connaît l'agent."}

    metadata_url = forms.CharField(
        label="Son adresse",
        help_text="Par exemple https://application.example/metadata. Nous la relisons toutes les six "
        "heures : ses certificats se renouvellent sans vous.",
        max_length=500,
        required=False,
    )
    metadata_file = forms.FileField(label="Ou son fichier", required=False)
    metadata = forms.CharField(
        label="Ou son texte",
        help_text="Collez le document entier, de <EntityDescriptor… à la fin.",
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocapitalize": "off", "class": "mono"}),
        max_length=LARGEST_FILE,
        required=False,
    )
    name_id_format = forms.ChoiceField(
        label="Nom de l’agent (NameID)",
        choices=words.NAMES,
        widget=forms.RadioSelect,
        initial=NameFormat.PERSISTENT.value,
    )
    naming = forms.ChoiceField(
        label="Comment nommer les informations de la fiche ?",
        choices=words.NAMINGS,
        widget=forms.RadioSelect,
        initial=words.OIDS,
        required=False,
    )
    own_names = forms.CharField(
        label="Ses noms à elle",
        help_text="Si vous avez choisi « Les siens ». Un par ligne : le nom qu'elle attend, puis =, puis la donnée, "
        f"parmi {', '.join(ATTRIBUTES)}.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off"}),
        max_length=12_000,
        required=False,
    )
    idp_initiated = _box(
        "Sa tuile l’ouvre déjà identifié",
        "Le portail lui envoie l'agent sans qu'elle l'ait demandé : il faut qu'elle l'accepte. Sinon la tuile mène à "
        "son adresse, et elle demande elle-même.",
    )
    relay_state = forms.CharField(
        label="Page à ouvrir alors (RelayState)",
        help_text="Seulement si l'ingénieur de l'application la donne.",
        max_length=500,
        required=False,
    )
    encrypted_assertions = _box(
        "Chiffrer ce qui lui est dit, quand elle publie une clé",
        "Le navigateur ne peut alors rien en lire.",
        initial=True,
    )
    signed_requests = _box(
        "N’accepter d’elle que des demandes signées", "D'elle-même, une application qui dit les signer y est tenue."
    )

    def __init__(
        self, application: Application, provider: ServiceProvider | None, data: Mapping[str, Any] | None = None
    ) -> None:
        self.application, self.provider = application, provider
        self.described: Described | None = None
        self._document = b""
        super().__init__(data, initial=_initial(application, provider))

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data, once the document was read; the application's server is asked here, unlocked."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        sheet = self.application.attributes
        if cleaned["name_id_format"] == NameFormat.EMAIL and "email" not in sheet:
            said = "L'adresse e-mail n'est pas cochée sur la fiche : cochez-la, ou choisissez un autre nom."
            self.add_error("name_id_format", french(said))
        self._check_names(cleaned)
        try:
            self.described = self._read(cleaned)
        except InvalidProvider as refusal:
            self.add_refusal(refusal)
        return cleaned

    def _check_names(self, cleaned: dict[str, Any]) -> None:
        given = cleaned["own_names"].strip()
        if cleaned["naming"] != words.OWN:
            return
        if not given:
            self.add_error("own_names", french("Écrivez au moins un nom, par exemple mail = email."))
        for line in filter(None, map(str.strip, given.splitlines())):
            name, _, attribute = (part.strip() for part in line.rpartition("="))
            if not name or attribute not in ATTRIBUTES:
                self.add_error("own_names", french(f"« {line[:120]} » : écrivez un nom, puis =, puis une donnée."))
            elif attribute not in self.application.attributes:
                said = f"« {line[:120]} » : « {ATTRIBUTES[attribute]} » n'est pas coché sur la fiche."
                self.add_error("own_names", french(said))

    def _read(self, cleaned: dict[str, Any]) -> Described:
        url, text = cleaned["metadata_url"], cleaned["metadata"].strip()
        if url and text:
            raise InvalidProvider("metadata : donnez l'adresse ou le document, pas les deux.", field="metadata")
        if not url and not text:
            raise InvalidProvider("metadata_url : donnez l'adresse, le fichier ou le texte.", field="metadata_url")
        self._document = registration.fetched(url) if url else text.encode()
        return metadata_in.read(self._document)

    def description(self) -> dict[str, Any]:
        """Return the description that a valid form makes, by the names of the declarative file."""
        said = self.cleaned_data
        url = said["metadata_url"]
        simple = ("name_id_format", "relay_state", "idp_initiated", "encrypted_assertions", "signed_requests")
        return {
            "metadata": {"url": url, "document": self._document} if url else self._document.decode(),
            "attributes": self._mapping(),
            **{name: said[name] for name in simple},
        }

    def _mapping(self) -> dict[str, str]:
        naming = self.cleaned_data["naming"]
        if naming != words.OWN:
            return words.mapping(naming, self.application.attributes)
        lines = filter(None, map(str.strip, self.cleaned_data["own_names"].splitlines()))
        pairs = (line.rpartition("=") for line in lines)
        return {name.strip(): attribute.strip() for name, _, attribute in pairs}

    def summary(self) -> list[Fact]:
        """Return what the form says, the document as it was read rather than as it is written."""
        if self.described is None:
            return super().summary()
        hidden = {str(self[name].label) for name in ("metadata_file", "metadata")}
        others = [fact for fact in super().summary() if fact.label not in hidden]
        warnings = learnt.warnings_of(self.described, encrypted=self.cleaned_data["encrypted_assertions"])
        return [*learnt.facts_of(self.described), *(Fact("À surveiller", line) for line in warnings), *others]

    def add_refusal(self, refusal: Refusal) -> None:
        """Say a refusal at its field, without repeating the field's name."""
        # « attributes » is a question of the application's sheet, asked in the same steps.
        field = "own_names" if refusal.field == "attributes" else refusal.field
        if field == "metadata" and self.cleaned_data.get("metadata_url"):
            field = "metadata_url"
        self.add_error(field if field in self.fields else None, plainly(refusal))


def _initial(application: Application, provider: ServiceProvider | None) -> dict[str, Any]:
    if provider is None:
        return {}
    kept = queries.metadata_of(provider)
    mapping = kept.get("attributes", {})
    naming = words.naming_of(mapping, application.attributes)
    own = (
        "\n".join(f"{name} = {attribute}" for name, attribute in sorted(mapping.items())) if naming == words.OWN else ""
    )
    return {
        "encrypted_assertions": True,
        **kept,
        "metadata_url": provider.metadata_url,
        "metadata": "" if provider.metadata_url else provider.metadata,
        "naming": naming,
        "own_names": own,
    }
