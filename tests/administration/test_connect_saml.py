"""Connecting by SAML from the pages alone: a document by its address, its file or its text, and what was read of it."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convergences.catalog.models import Application
from convergences.foundations import clock
from convergences.protocols.saml import certificates, names
from convergences.protocols.saml.models import ServiceProvider
from convergences.protocols.saml.panel import learnt
from convergences.protocols.saml.panel.trial import trial
from tests.administration.pages import address, create, words
from tests.cast import Cast, signed_in
from tests.home.rights import give
from tests.oidc.publishing import Web, replace_the_web
from tests.saml.serving import CONSUMER, ENTITY, LOGOUT, Peer, answer_in, define, metadata

pytestmark = pytest.mark.database
PUBLISHED = "https://site.example/metadata"
FORM = {"metadata": metadata(), "name_id_format": "persistent", "naming": "", "encrypted_assertions": "on"}


@pytest.fixture(autouse=True)
def no_key_of_another_test() -> None:
    """Keys are kept in memory for a minute: each test has its own database, so its own keys."""
    certificates.forget_cached()


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    """A Web on which the site publishes its metadata."""
    found = replace_the_web(monkeypatch)
    found.pages[PUBLISHED] = metadata()
    return found


def made(engineer: Client, **changes: Any) -> Any:
    """Create an application that speaks SAML."""
    return create(engineer, **{**FORM, "protocol": "saml", "kind": None, "redirect_uris": None, **changes})


def test_what_was_read_is_shown_before_anything_is_written(engineer: Client) -> None:
    review = words(made(engineer, here=3, go="next", metadata=metadata(logouts=[names.SOAP])))
    for said in (ENTITY, CONSUMER, LOGOUT, "de serveur à serveur (SOAP)", "SHA-256", "Adresse de retour"):
        assert said in review
    assert "EntityDescriptor" not in review
    assert not ServiceProvider.objects.exists()


@pytest.mark.parametrize("way", ["text", "file", "url"])
def test_the_document_comes_in_three_ways(engineer: Client, web: Web, way: str) -> None:
    given: dict[str, Any] = {"text": {}, "url": {"metadata": "", "metadata_url": PUBLISHED}, "file": {
        "metadata": "", "metadata_file": SimpleUploadedFile("site.xml", metadata().encode()),
    }}[way]  # fmt: skip
    assert made(engineer, **given)["Location"] == address()
    provider = ServiceProvider.objects.get()
    assert (provider.entity_id, provider.metadata_url) == (ENTITY, PUBLISHED if way == "url" else "")
    assert web.read == ([PUBLISHED] if way == "url" else [])


def test_a_file_is_carried_by_the_next_steps_as_text(engineer: Client) -> None:
    chosen = SimpleUploadedFile("site.xml", metadata().encode())
    review = made(engineer, here=3, go="next", metadata="", metadata_file=chosen).content.decode()
    assert '<input type="hidden" name="metadata" value="&lt;md:EntityDescriptor' in review


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"metadata": ""}, "metadata_url", "Donnez l'adresse, le fichier ou le texte."),
        ({"metadata_url": PUBLISHED}, "metadata_url", "pas les deux"),
        ({"metadata": "<html/>"}, "metadata", "SPSSODescriptor"),
        ({"metadata": "<!DOCTYPE x [<!ENTITY e 'x'>]><x>&e;</x>"}, "metadata", "ne peut pas être lu"),
        ({"metadata": metadata(consumer="javascript:alert(1)")}, "metadata", "https://"),
        ({"metadata": "", "metadata_url": "https://nobody.example/"}, "metadata_url", "n'a pas répondu"),
        ({"metadata": "", "metadata_url": "file:///etc/passwd"}, "metadata_url", "https://"),
        ({"name_id_format": "email", "attributes": ["roles"]}, "name_id_format", "n'est pas cochée"),
        ({"naming": "own"}, "own_names", "Écrivez au moins un nom"),
    ],
)
def test_a_mistake_is_said_at_its_field(
    engineer: Client, web: Web, changes: dict[str, Any], field: str, said: str
) -> None:
    answer = made(engineer, here=3, go="next", **changes)
    assert answer.status_code == 422
    assert f'href="#id_{field}' in answer.content.decode()
    assert said in words(answer)
    assert not Application.objects.filter(slug="concours").exists()


def test_the_names_of_the_application_are_kept_and_shown_again(cast: Cast, engineer: Client) -> None:
    page = address("bip", "raccordement/saml")
    assert engineer.post(page, {**FORM, "naming": "own", "own_names": "mail = email\nqui=roles"}).status_code == 302
    assert ServiceProvider.objects.get().attributes == {"mail": "email", "qui": "roles"}
    assert "mail = email\nqui = roles</textarea>" in engineer.get(page).content.decode()
    assert engineer.post(page, {**FORM, "naming": "short"}).status_code == 302
    assert ServiceProvider.objects.get().attributes["givenName"] == "given_name"
    refused = engineer.post(page, {**FORM, "naming": "own", "own_names": "tel = phone_number"})
    assert "n'est pas coché sur la fiche" in words(refused)


def test_the_sheet_says_what_to_tell_and_what_will_expire(cast: Cast, engineer: Client) -> None:
    certificates.ensure()
    define(cast.bip)
    Application.objects.filter(pk=cast.bip.pk).update(protocol="saml")
    sheet = words(engineer.get(address("bip")))
    for said in ("http://testserver/saml/metadata", "http://testserver/saml/slo/soap", "Certificat qui signe", ENTITY):
        assert said in sheet
    assert "Préparez son remplacement" not in sheet
    expiry = clock.now() + dt.timedelta(days=900)
    with time_machine.travel(expiry - dt.timedelta(days=30), tick=False):
        assert any("expire le" in line for line in learnt.about(ServiceProvider.objects.get()).warnings)
    with time_machine.travel(expiry + dt.timedelta(days=1), tick=False):
        assert any("expiré depuis le" in line for line in learnt.about(ServiceProvider.objects.get()).warnings)


def test_a_document_that_cannot_be_read_again_is_said(cast: Cast, engineer: Client) -> None:
    provider = define(cast.bip)
    Application.objects.filter(pk=cast.bip.pk).update(protocol="saml")
    ServiceProvider.objects.filter(pk=provider.pk).update(metadata_url=PUBLISHED, read_error="l’adresse a répondu 500")
    assert "n'a pas été renouvelée" in words(engineer.get(address("bip")))


@pytest.mark.parametrize("changes", [{}, {"name_id_format": "email"}, {"attributes": {"mail": "email"}}])
def test_it_says_what_a_real_response_gives_and_writes_nothing(cast: Cast, changes: dict[str, Any]) -> None:
    give(cast.claire, cast.cotisations)
    define(cast.cotisations, **changes)
    answer = answer_in(Peer(browser=signed_in(cast.claire.agent)).send())
    with CaptureQueriesContext(connection) as queries:
        told = trial(cast.cotisations, cast.claire, ("reader",))
    assert [each["sql"] for each in queries if not each["sql"].startswith("SELECT")] == []
    name, *values = told.released
    assert (name.name, name.value) == (str(answer.name.get("Format")).rpartition(":")[2], answer.name.text)
    real = {
        str(one.get("Name")): ", ".join(str(value.text) for value in one)
        for one in answer.assertion.iter(names.assertion("Attribute"))
    }
    assert {line.name: line.value for line in values} == real
    if changes.get("attributes"):
        why = {line.name: line.why.replace("\u00a0", " ") for line in told.withheld}
        assert (
            why["roles"]
            == "« Droits dans l’application » est dans la fiche, mais le raccordement ne lui donne pas de nom."
        )


@pytest.mark.parametrize("initiated", [True, False])
def test_the_tile_opens_the_application_with_its_answer(cast: Cast, initiated: bool) -> None:
    give(cast.claire, cast.bip)
    define(cast.bip, idp_initiated=initiated, relay_state="/accueil")
    Application.objects.filter(pk=cast.bip.pk).update(protocol="saml")
    claire = signed_in(cast.claire.agent)
    where = claire.get("/ouvrir/bip")["Location"]
    assert where == ("/saml/ouvrir/bip" if initiated else "https://bip.example/")
    if initiated:
        answer = answer_in(claire.get(claire.get(where)["Location"]))
        assert (answer.consumer, answer.relay_state) == (CONSUMER, "/accueil")
