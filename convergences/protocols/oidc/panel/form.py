"""The guided form: what kind of application it is, its addresses, and every setting of RFC 7591 for who needs it."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from convergences.catalog.models import Application
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.protocols.oidc import claims, metadata, queries, redirects, scopes
from convergences.protocols.oidc.errors import InvalidClientMetadata
from convergences.protocols.oidc.models import AuthenticationMethod, Client, Pkce
from convergences.protocols.oidc.panel import words
from convergences.protocols.oidc.services import clients
from convergences.web.forms.fields import Lines
from convergences.web.panels.forms import PanelForm, Section, plainly

LONGEST = 12_000


class Json(forms.CharField):
    """A JSON object, pasted."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "off", "class": "mono"})

    def prepare_value(self, value: Any) -> Any:
        """Return what is set as people read it."""
        return json.dumps(value, indent=2) if isinstance(value, dict) and value else value or ""

    def clean(self, value: Any) -> Any:
        """Return what the text says; raises when it is no JSON."""
        text = super().clean(value)
        try:
            return json.loads(text) if text.strip() else None
        except (ValueError, RecursionError):
            raise forms.ValidationError(
                french("Ce texte n'est pas du JSON : collez l'objet entier, de { à }.")
            ) from None


def _text(**options: Any) -> forms.CharField:
    return forms.CharField(required=False, max_length=500, **options)


def _lines() -> Lines:
    return Lines(problem=redirects.problem, required=False, max_length=LONGEST)


def _box() -> forms.BooleanField:
    return forms.BooleanField(required=False)


def _among(choices: tuple[tuple[str, str], ...]) -> forms.ChoiceField:
    return forms.ChoiceField(choices=choices, required=False, initial=choices[0][0])


class ClientForm(PanelForm):
    """A client in words. `kind` settles how it proves who it is and what it is given; the rest may stay as it comes."""

    sections: ClassVar[tuple[Section, ...]] = (
        Section("Quel genre d’application ?", ("kind",)),
        Section(
            "Ses adresses",
            ("redirect_uris", "post_logout_redirect_uris", "backchannel_logout_uri"),
            "L’ingénieur de l’application vous les donne.",
            unless=(words.MACHINE,),
        ),
        Section("Entre deux visites", ("renews", "machine_too"), unless=(words.MACHINE,)),
        Section(
            "Réglages pour spécialistes",
            words.EXPERT,
            "Les noms entre parenthèses sont ceux de la norme (RFC 7591). Sans demande précise de l’ingénieur de "
            "l’application, laissez-les tels quels.",
            folded=True,
        ),
    )
    missing: ClassVar[Mapping[str, str]] = {"kind": "Choisissez le genre d'application."}

    kind = forms.ChoiceField(
        label="Genre d’application", choices=words.KINDS, widget=forms.RadioSelect, initial=words.WEB
    )
    redirect_uris = _lines()
    post_logout_redirect_uris = _lines()
    backchannel_logout_uri = _text()
    renews = forms.BooleanField(
        label="Elle renouvelle son accès sans redemander l’agent",
        help_text="Par des jetons de renouvellement (« refresh token »). Le droit est revérifié à chaque fois.",
        required=False,
    )
    machine_too = forms.BooleanField(
        label="Elle appelle aussi d’autres services en son propre nom",
        help_text="Comme une machine, en plus des agents qu’elle accueille.",
        required=False,
    )
    client_id = _text()
    scope = _text()
    token_endpoint_auth_method = _among(words.METHODS)
    pkce = _among(words.PKCE)
    frontchannel_logout_uri = _text()
    id_token_signed_response_alg = _among(words.OURS)
    userinfo_signed_response_alg = _among(words.PLAIN_OR_SIGNED)
    access_token_signed_response_alg = _among(words.OPAQUE_OR_SIGNED)
    subject_type = _among(words.SUBJECTS)
    sector_identifier_uri = _text()
    jwks = Json(required=False, max_length=LONGEST)
    jwks_uri = _text()
    request_object_signing_alg = _among(words.THEIRS)
    request_uris = _lines()
    resources = _lines()
    allowed_resources = _lines()
    require_pushed_authorization_requests = _box()
    dpop_bound_access_tokens = _box()
    consent_required = _box()

    def __init__(self, application: Application, client: Client | None, data: Mapping[str, Any] | None = None) -> None:
        self.application, self.client = application, client
        self.kept = queries.metadata_of(client) if client else {}
        super().__init__(data, initial=_initial(application, self.kept))
        for name, (label, hint) in words.LABELS.items():
            if name in metadata.FIELDS:
                self.fields[name].label, self.fields[name].help_text = french(label), french(hint)
            else:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data, once the whole description holds; every refusal is said at its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        for name, said in _contradictions(cleaned):
            self.add_error(name, french(said))
        if not self.errors:
            try:
                # Asks the application's server, where its description names one: before anything is locked.
                clients.check(self.application, self.metadata())
            except InvalidClientMetadata as refusal:
                self.add_refusal(refusal)
        return cleaned

    def metadata(self) -> dict[str, Any]:
        """Return the description that a valid form makes, by the names of RFC 7591, without any secret.

        A setting that this form does not know stays as it is.
        """
        typed = {name: value for name, value in self.cleaned_data.items() if name in words.LABELS}
        told = {name: value for name, value in {**self.kept, **typed}.items() if value not in ("", None, [], False)}
        kind = self.cleaned_data["kind"]
        if kind == words.MACHINE:
            for name in self.sections[1].fields:
                told.pop(name, None)
        if kind != words.WEB:
            told.pop("pkce", None)  # the kind has said it: never without in a browser, of no use to a machine
        told.setdefault("client_id", self.application.slug)
        told.setdefault("scope", "" if kind == words.MACHINE else default_scope(self.application))
        told["token_endpoint_auth_method"] = _method(self.cleaned_data)
        told["grant_types"] = _grants(self.cleaned_data)
        return told

    def add_refusal(self, refusal: Refusal) -> None:
        """Say a refusal at the field that the norm's name stands for, without repeating the name."""
        name = refusal.field
        at = {"grant_types": "kind", "client_secret": "token_endpoint_auth_method"}.get(name, name)
        self.add_error(at if at in self.fields else None, plainly(refusal))


def default_scope(application: Application) -> str:
    """Return the scope that asks for what the application's sheet lists, and no more."""
    sheet = set(application.attributes)
    wanted = {name for name, claim in claims.CLAIMS.items() if claim.attribute in sheet}
    return " ".join(word for word, asked in scopes.STANDARD.items() if word == "openid" or asked & wanted)


def _initial(application: Application, kept: dict[str, Any]) -> dict[str, Any]:
    if not kept:
        return {}
    grants, method = kept["grant_types"], kept["token_endpoint_auth_method"]
    kind = words.MACHINE if grants == ["client_credentials"] else words.WEB
    if method == AuthenticationMethod.NONE:
        kind = words.BROWSER
    usual = _method({"kind": kind})
    return {
        **kept,
        "kind": kind,
        "pkce": kept.get("pkce", Pkce.OPTIONAL.value),
        "renews": "refresh_token" in grants,
        "machine_too": kind != words.MACHINE and "client_credentials" in grants,
        "token_endpoint_auth_method": "" if method == usual else method,
        "client_id": "" if kept["client_id"] == application.slug else kept["client_id"],
        "scope": "" if kept.get("scope") == default_scope(application) else kept.get("scope", ""),
    }


def _method(said: dict[str, Any]) -> str:
    if said["kind"] == words.BROWSER:
        return AuthenticationMethod.NONE.value
    return said.get("token_endpoint_auth_method") or AuthenticationMethod.BASIC.value


def _grants(said: dict[str, Any]) -> list[str]:
    if said["kind"] == words.MACHINE:
        return ["client_credentials"]
    wanted = {"authorization_code": True, "refresh_token": said["renews"], "client_credentials": said["machine_too"]}
    return [grant for grant, is_wanted in wanted.items() if is_wanted]


def _contradictions(said: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what the guided questions say against one another, and how to mend it: the norm's words come after."""
    found = []
    browser, machine = said["kind"] == words.BROWSER, said["kind"] == words.MACHINE
    if browser and said["token_endpoint_auth_method"]:
        found.append(
            (
                "token_endpoint_auth_method",
                "Une application dans le navigateur n'a ni secret ni clé : laissez ce choix au genre d'application.",
            )
        )
    if browser and said["machine_too"]:
        found.append(
            ("machine_too", "Sans secret, elle ne peut rien demander en son propre nom : décochez cette case.")
        )
    if "offline_access" in said["scope"].split() and not (said["renews"] and not machine):
        found.append(
            ("scope", "offline_access demande de cocher « Elle renouvelle son accès sans redemander l'agent ».")
        )
    if said.get("allowed_resources") and not (machine or said["machine_too"]):
        found.append(
            ("allowed_resources", "Cochez « Elle appelle aussi d'autres services en son propre nom », ou effacez-les.")
        )
    return found
