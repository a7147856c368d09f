"""An application is connected by its block, whatever the protocol; another protocol leaves nothing of the former."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser

from convergences.admission.models import Visit
from convergences.audit.models import AuditEvent
from convergences.catalog.models import Application
from convergences.foundations import outbound
from convergences.foundations.outbound import Answer
from convergences.protocols.cas.models import RegisteredService
from convergences.protocols.forward_auth.models import Gate
from convergences.protocols.oidc.models import Client
from convergences.protocols.saml.models import ServiceProvider
from tests.apply.files import APPLICATIONS, ORGANIZATIONS, SECRET, WHOLE, bring, problems
from tests.apply.test_exporting import exported
from tests.cas.serving import Peer as CasPeer
from tests.cast import Cast, signed_in
from tests.home.rights import give
from tests.oidc.publishing import Web, replace_the_web
from tests.oidc.relying import Relying
from tests.saml.serving import ENTITY, metadata, request
from tests.saml.serving import Peer as SamlPeer

pytestmark = pytest.mark.database

ALONE = APPLICATIONS.partition("    protocol:")[0]
LINK = ALONE + "    protocol: link\n"
CAS = ALONE + '    protocol: cas\n    cas:\n      services: ["https://cotisations.example/*"]\n'
SAML = ALONE + "    protocol: saml\n    saml:\n      metadata: {file: site.xml}\n"
PUBLISHED = "https://site.example/metadata"
BY_ADDRESS = SAML.replace("{file: site.xml}", f"{{url: {PUBLISHED}}}")
GATE = ALONE + "    protocol: gate\n    gate:\n      hosts: [snapi.example]\n"
EVERY = {"oidc": APPLICATIONS, "cas": CAS, "saml": SAML, "gate": GATE}


@pytest.fixture(autouse=True)
def _installation(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIP_SECRET", SECRET)
    (tmp_path / "site.xml").write_text(metadata())


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    """A Web on which the site publishes its metadata."""
    found = replace_the_web(monkeypatch)
    found.pages[PUBLISHED] = metadata()
    return found


def test_an_application_is_registered_by_cas(tmp_path: Path) -> None:
    text = CAS + "      single_logout: false\n      user: subject\n"
    plan = bring(tmp_path, text).text()
    assert "+ raccordement CAS bip : https://cotisations.example/*" in plan
    service = RegisteredService.objects.get()
    assert (service.application.slug, service.single_logout, service.user) == ("bip", False, "subject")
    assert bring(tmp_path, text).changes == []


def test_a_key_left_out_of_a_block_leaves_the_setting_as_it_is(tmp_path: Path) -> None:
    bring(tmp_path, CAS + "      single_logout: false\n")
    changed = bring(tmp_path, CAS.replace("cotisations.example/*", "cotisations.example/entree"))
    assert "services : [https://cotisations.example/*] → [https://cotisations.example/entree]" in changed.text()
    assert not RegisteredService.objects.get().single_logout


@pytest.mark.parametrize("inline", [False, True])
def test_an_application_is_registered_by_its_metadata(tmp_path: Path, inline: bool) -> None:
    text = SAML.replace("{file: site.xml}", f"'{metadata()}'") if inline else SAML
    text += "      name_id_format: email\n      attributes: {mail: email}\n      idp_initiated: true\n"
    assert f"+ raccordement SAML bip : {ENTITY}" in bring(tmp_path, text).text()
    provider = ServiceProvider.objects.get()
    assert (provider.name_id_format, provider.attributes, provider.idp_initiated) == ("email", {"mail": "email"}, True)
    assert bring(tmp_path, text).changes == []


def test_an_application_is_registered_behind_a_web_server(tmp_path: Path) -> None:
    text = GATE + '      paths: ["/restricted/"]\n'
    assert "+ raccordement par le serveur mandataire bip : snapi.example" in bring(tmp_path, text).text()
    assert (Gate.objects.get().hosts, Gate.objects.get().paths) == (["snapi.example"], ["/restricted/"])
    assert bring(tmp_path, text).changes == []
    assert problems(tmp_path, text.replace("hosts:", "host:"))[0].startswith("13: host : ce réglage est inconnu")


def test_metadata_that_changed_are_a_line_of_the_plan_not_a_document(tmp_path: Path) -> None:
    bring(tmp_path, SAML)
    (tmp_path / "site.xml").write_text(metadata(consumer="https://site.example/saml/other"))
    plan = bring(tmp_path, SAML, dry=True).text()
    assert f"metadata : {ENTITY} (empreinte" in plan
    assert "<" not in plan
    assert "saml/other" not in ServiceProvider.objects.get().metadata


def test_an_address_is_read_before_the_database_is_locked_and_once(
    tmp_path: Path, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside, depths = len(connection.savepoint_ids), []

    def get(url: str, **how: Any) -> Answer:
        depths.append(len(connection.savepoint_ids))
        return web.get(url, **how)

    monkeypatch.setattr(outbound, "get", get)
    bring(tmp_path, BY_ADDRESS)
    assert depths == [outside]
    assert ServiceProvider.objects.get().metadata_url == PUBLISHED
    web.pages.clear()  # known already: nobody is asked
    assert bring(tmp_path, BY_ADDRESS + "      idp_initiated: true\n").text().count("\n    ") == 1
    assert bring(tmp_path, exported()).changes == []


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (CAS + "      servics: []\n", 14, "servics : ce réglage est inconnu."),
        (CAS.replace("https://cotisations.example/*", "http://cotisations.example/"), 13, "https://"),
        (CAS + "      user: name\n", 14, "user : choisissez parmi email, subject."),
        (CAS.replace("attributes: [email, roles]", "attributes: [roles]"), 12, "l’adresse e-mail n’est pas sur"),
        (CAS.replace("services:", "proxy: true #"), 12, "indiquez au moins une adresse"),
        (SAML.replace("site.xml", "absent.xml"), 13, "le fichier absent.xml ne peut pas être lu"),
        (SAML.replace("site.xml", "nadia"), 13, "le document ne peut pas être lu"),
        (SAML.replace("{file: site.xml}", "{path: site.xml}"), 13, "donnez le document, ou son adresse"),
        (SAML + "      nameid: email\n", 14, "nameid : ce réglage est inconnu."),
        (SAML + "      attributes: {mail: phone_number}\n", 14, "phone_number n’est pas sur la fiche"),
        (BY_ADDRESS, 13, "l’adresse n’a pas répondu"),
        (CAS.replace("    cas:", "    cas: [1]\n    x:"), 12, "cette valeur doit être un groupe de clés"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_block_is_said_at_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: int, said: str
) -> None:
    replace_the_web(monkeypatch)
    found = problems(tmp_path, text)
    assert found
    assert found[0].startswith(f"{line}: ")
    assert said in found[0]
    assert not Application.objects.filter(slug="bip").exists()


@pytest.mark.parametrize("protocol", sorted(EVERY))
def test_what_was_exported_changes_nothing(tmp_path: Path, protocol: str) -> None:
    bring(tmp_path, ORGANIZATIONS + EVERY[protocol])
    text = exported()
    assert f"protocol: {protocol}" in text
    assert bring(tmp_path, text).changes == []


@pytest.mark.parametrize("protocol", sorted(EVERY))
def test_an_empty_block_leaves_the_application_to_be_connected_and_survives_the_journey(
    tmp_path: Path, protocol: str
) -> None:
    bring(tmp_path, ALONE + f"    protocol: {protocol}\n    {protocol}: {{}}\n")
    assert f"{protocol}: {{}}" in exported()
    assert bring(tmp_path, exported()).changes == []


@pytest.mark.parametrize("after", [LINK, CAS, SAML, GATE, APPLICATIONS])
@pytest.mark.parametrize("before", sorted(EVERY))
def test_another_protocol_leaves_one_connection_and_says_so(tmp_path: Path, before: str, after: str) -> None:
    bring(tmp_path, EVERY[before])
    plan = bring(tmp_path, after).text()
    rows = [model.objects.count() for model in (Client, RegisteredService, ServiceProvider, Gate)]  # type: ignore[attr-defined]
    assert sum(rows) == (0 if after is LINK else 1)
    same = after == EVERY[before]
    assert ("\n- " in plan) is ("À supprimer : 1." in plan) is not same
    assert AuditEvent.objects.filter(action__endswith="_removed").count() == (0 if same else 1)


def test_a_dry_run_removes_nothing(tmp_path: Path) -> None:
    bring(tmp_path, CAS)
    assert "- raccordement CAS bip" in bring(tmp_path, SAML, dry=True).text()
    assert RegisteredService.objects.exists()
    assert not AuditEvent.objects.filter(action="cas.service_removed").exists()


def test_a_ticket_of_the_former_protocol_is_worth_nothing(cast: Cast, tmp_path: Path) -> None:
    """The attacker kept a ticket, and the address still answers."""
    give(cast.claire, cast.bip)
    bring(tmp_path, CAS)
    peer, claire = CasPeer(), signed_in(cast.claire.agent)
    ticket, spent = peer.ticket(claire), peer.ticket(claire)
    assert "authenticationSuccess" in peer.validated(spent)
    bring(tmp_path, SAML)
    assert peer.refusal(ticket) == "INVALID_TICKET"
    assert peer.send(claire).status_code == 400
    assert Visit.objects.get().end_requested_at is not None
    bring(tmp_path, CAS)
    assert peer.refusal(ticket) == "INVALID_TICKET"


def test_a_request_of_the_former_protocol_is_not_answered_even_under_way(cast: Cast, tmp_path: Path) -> None:
    give(cast.claire, cast.bip)
    bring(tmp_path, SAML + "      idp_initiated: true\n")
    peer = SamlPeer(browser=signed_in(cast.claire.agent))
    assert "SAMLResponse" in peer.send().content.decode()
    under_way = peer.browser.get("/saml/ouvrir/bip")["Location"]
    bring(tmp_path, CAS)
    for answer in (peer.send(request()), peer.browser.get(under_way), peer.browser.get("/saml/ouvrir/bip")):
        assert answer.status_code in {400, 404}
        assert "SAMLResponse" not in answer.content.decode()
    assert Visit.objects.get().end_requested_at is not None


def test_a_client_and_its_tokens_are_gone_with_the_former_protocol(cast: Cast, tmp_path: Path) -> None:
    give(cast.claire, cast.bip)
    bring(tmp_path, APPLICATIONS)
    bip = Relying(Client.objects.get(), secret=SECRET)
    given = bip.tokens(signed_in(cast.claire.agent))
    assert bip.userinfo(given["access_token"]).status_code == 200
    bring(tmp_path, CAS)
    assert bip.userinfo(given["access_token"]).status_code == 401
    asked = {"client_id": "bip", "redirect_uri": "https://bip.example/callback", "response_type": "code"}
    assert Browser().get("/oauth/authorize", asked).status_code == 400
    assert Visit.objects.get().end_requested_at is not None


def test_a_whole_installation_with_every_protocol_is_one_transaction(tmp_path: Path) -> None:
    wrong = CAS.replace("bip", "other").removeprefix("applications:\n").replace("services:", "service:")
    assert problems(tmp_path, WHOLE.replace("agents:", wrong + "agents:", 1))
    assert not Client.objects.exists()
    assert not Application.objects.exists()
