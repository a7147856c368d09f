"""Connecting by CAS from the pages alone: the guided form, what to tell the other engineer, what would be released."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convergences.catalog.models import Application
from convergences.protocols.cas.models import RegisteredService
from convergences.protocols.cas.panel.trial import trial
from convergences.protocols.oidc.models import Client as OidcClient
from tests.administration.pages import address, create, words
from tests.cas.serving import Peer, define
from tests.cast import Cast, signed_in
from tests.home.rights import give
from tests.oidc.relying import define as define_oidc

pytestmark = pytest.mark.database
FORM = {"services": "https://concours.example/*", "user": "email", "single_logout": "on"}


def made(engineer: Client, **changes: Any) -> Any:
    """Create an application that speaks CAS."""
    form = {**FORM, "protocol": "cas", "kind": None, "redirect_uris": None, **changes}
    return create(engineer, **form)


def test_the_creation_lets_one_choose_among_the_protocols(engineer: Client) -> None:
    page = engineer.get("/administration/nouvelle-application").content.decode()
    for protocol in ("oidc", "saml", "cas", "link"):
        assert f'name="protocol" value="{protocol}"' in page


def test_an_application_is_created_and_connected(engineer: Client) -> None:
    assert "https://concours.example/*" in words(made(engineer, here=3, go="next"))
    assert made(engineer)["Location"] == address()
    service = RegisteredService.objects.get()
    assert (service.services, service.user, service.single_logout) == (["https://concours.example/*"], "email", True)
    sheet = words(engineer.get(address()))
    assert "http://testserver/cas/p3/serviceValidate" in sheet
    assert "Adresse du serveur CAS http://testserver/cas" in sheet


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"services": ""}, "services", "Indiquez au moins une adresse"),
        ({"services": "https://concours.example/*/x"}, "services", "« https://concours.example/*/x » : ni fragment"),
        ({"services": "http://concours.example/"}, "services", "commencer par https://"),
        ({"services": "https://concours.example@evil.example/"}, "services", "sans détour"),
        ({"services": "https://a.example/\nhttps://a.example/"}, "services", "Une adresse figure deux fois."),
        ({"user": "name"}, "user", "Choisissez"),
        ({"attributes": ["roles"]}, "user", "n'est pas cochée sur la fiche"),
        ({"proxy_callbacks": "https://concours.example/pgt"}, "proxy", "Cochez cette case"),
    ],
)
def test_a_mistake_is_said_at_its_field(engineer: Client, changes: dict[str, Any], field: str, said: str) -> None:
    answer = made(engineer, here=3, go="next", **changes)
    assert answer.status_code == 422
    assert f'href="#id_{field}' in answer.content.decode()
    assert said in words(answer)
    assert not Application.objects.filter(slug="concours").exists()


def test_an_address_of_another_application_is_refused_at_its_field(cast: Cast, engineer: Client) -> None:
    define(cast.bip, services=["https://concours.example/*"])
    answer = made(engineer)
    assert answer.status_code == 422
    assert "est déjà l'adresse d'une autre application" in words(answer)


def test_connecting_by_another_protocol_removes_the_former(cast: Cast, engineer: Client) -> None:
    define_oidc(cast.bip)
    Application.objects.filter(pk=cast.bip.pk).update(protocol="oidc")
    answer = engineer.post(address("bip", "raccordement/cas"), FORM)
    assert answer.status_code == 302
    assert not OidcClient.objects.exists()
    assert Application.objects.get(slug="bip").protocol == "cas"


def test_it_says_what_a_real_ticket_gives_and_writes_nothing(cast: Cast) -> None:
    sheet = ["email", "given_name", "organization", "roles", "phone_number"]
    Application.objects.filter(pk=cast.cotisations.pk).update(attributes=sheet)
    give(cast.claire, cast.cotisations)
    define(cast.cotisations)
    peer = Peer()
    given = peer.validated(peer.ticket(signed_in(cast.claire.agent)))["authenticationSuccess"]
    with CaptureQueriesContext(connection) as queries:
        told = trial(Application.objects.get(pk=cast.cotisations.pk), cast.claire, ("reader",))
    assert [each["sql"] for each in queries if not each["sql"].startswith("SELECT")] == []
    said = {line.name: line.value for line in told.released}
    assert said.pop("cas:user") == given["user"]
    assert said.keys() == given["attributes"].keys()
    for name in ("email", "given_name", "organization", "organization_siret"):
        assert said[name] == given["attributes"][name]
    why = {line.name: line.why.replace("\u00a0", " ") for line in told.withheld}
    assert why["phone_number"] == "L’annuaire n’a pas cette donnée pour cet agent."
    assert why["job_title"] == "« Fonction » n’est pas dans la fiche."


def test_the_trial_and_the_texts_to_paste_are_shown(cast: Cast, engineer: Client) -> None:
    define(cast.bip, proxy=True, proxy_callbacks=["https://cotisations.example/pgt"])
    Application.objects.filter(pk=cast.bip.pk).update(protocol="cas")
    give(cast.claire, cast.bip)
    page = words(engineer.post(address("bip", "essayer"), {"email": "claire.nguyen@pantin.example"}))
    assert "Réponse de /cas/p3/serviceValidate" in page
    assert "cas:user" in page
    assert "Apache (mod_auth_cas)" in words(engineer.get(address("bip", "reglages")))
    form = engineer.get(address("bip", "raccordement/cas")).content.decode()
    assert "https://cotisations.example/pgt</textarea>" in form


def test_there_is_no_secret_to_add(cast: Cast, engineer: Client) -> None:
    define(cast.bip)
    Application.objects.filter(pk=cast.bip.pk).update(protocol="cas")
    assert "Ajouter un" not in words(engineer.get(address("bip")))
    refused = engineer.post(address("bip", "secrets/ajouter"), {"seen": "e3b0c44298fc1c14"})
    assert refused.status_code == 302
