"""RFC 7591, section 3: the door is closed, opens once to one application, and gives what the sheet allows."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser

from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM, Actor
from convergences.catalog.models import Application
from convergences.directory.errors import ForTheCentre
from convergences.directory.models import Role, StaffRole
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.protocols.oidc.errors import AlreadyConnected, RegistrationNotAllowed
from convergences.protocols.oidc.models import Client, RegistrationToken
from convergences.protocols.oidc.services import cleaning, clients, registration
from tests.cast import Cast, signed_in
from tests.oidc.registering import ADDRESS, CHATTER, HONEST, KEYS, allowed, post, registered, send, told
from tests.oidc.relying import Relying, answered, define, entitle

pytestmark = pytest.mark.database


def refused(response: Any, status: int = 401) -> str:
    """Check that nothing was registered, and return the challenge."""
    assert response.status_code == status, response.content.decode()[:1000]
    assert not Client.objects.exists()
    return str(response.headers.get("WWW-Authenticate", ""))


def test_nobody_registers_without_a_token(cast: Cast) -> None:
    assert refused(post("", HONEST)) == 'Bearer realm="http://testserver"'


def test_a_session_or_a_secret_opens_nothing(cast: Cast) -> None:
    assert signed_in(cast.julien.agent).post(ADDRESS, HONEST, content_type="application/json").status_code == 401
    refused(post("", HONEST, headers={"Authorization": "Basic YmlwOnNlY3JldA=="}))


def test_a_token_counts_in_the_header_only(cast: Cast) -> None:
    """RFC 6750, 2.3; RFC 9700, 4.3.2: an address is kept by logs."""
    token = allowed(cast.bip)
    refused(send("post", f"{ADDRESS}?access_token={token}", "", HONEST))
    refused(post("", {**HONEST, "access_token": token}))
    form = {"access_token": token, "redirect_uris": "https://bip.example/cb"}
    assert Browser().post(ADDRESS, form).status_code == 401


@pytest.mark.parametrize("token", ["x", "é", "a b", "x" * 600, "' OR 1=1 --", digest("x")])
def test_a_token_that_is_none_is_refused(cast: Cast, token: str) -> None:
    allowed(cast.bip)
    assert 'error="invalid_token"' in refused(post(token.encode().decode("latin-1"), HONEST))


def test_the_digest_that_we_keep_opens_nothing(cast: Cast) -> None:
    allowed(cast.bip)
    refused(post(RegistrationToken.objects.get().digest, HONEST))


def test_an_expired_token_is_refused_then_forgotten(cast: Cast) -> None:
    token = allowed(cast.bip, days=1)
    with time_machine.travel(clock.now() + dt.timedelta(days=1, seconds=1)):
        assert 'error="invalid_token"' in refused(post(token, HONEST))
        cleaning.forget_expired(clock.now())
    assert not RegistrationToken.objects.exists()


def test_a_token_is_good_once(cast: Cast) -> None:
    token = allowed(cast.bip)
    first = told(post(token, HONEST), 201)
    again = post(token, {**HONEST, "redirect_uris": ["https://thief.example/cb"]})
    assert (again.status_code, Client.objects.get().client_id) == (401, first["client_id"])
    Client.objects.all().delete()
    refused(post(token, HONEST))


def test_a_new_token_ends_the_former(cast: Cast) -> None:
    former, latter = allowed(cast.bip), allowed(cast.bip)
    refused(post(former, HONEST))
    told(post(latter, HONEST), 201)


def test_a_token_is_for_one_application(cast: Cast) -> None:
    rival = define(cast.cotisations, redirect_uris=["https://rival.example/cb"])
    answer = registered(cast.bip)
    assert Client.objects.get(client_id=answer["client_id"]).application == cast.bip
    rival_now = Client.objects.get(pk=rival.pk)
    assert (rival_now.updated_at, rival_now.redirect_uris) == (rival.updated_at, rival.redirect_uris)


def test_the_identifier_of_another_application_cannot_be_had(cast: Cast) -> None:
    define(cast.cotisations)
    answer = told(post(allowed(cast.bip), {**HONEST, "client_id": "net-cotisations"}), 400)
    assert answer["error"] == "invalid_client_metadata"
    assert Client.objects.count() == 1


def test_an_application_that_has_a_client_is_not_connected_again(cast: Cast) -> None:
    token = allowed(cast.bip)
    present = define(cast.bip)
    assert told(post(token, HONEST), 409)["error"] == "already_connected"
    assert Client.objects.get().client_id == present.client_id
    with pytest.raises(AlreadyConnected):
        allowed(cast.bip)


def test_a_client_that_an_engineer_makes_meanwhile_is_not_replaced(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    token, bring = allowed(cast.bip), clients.bring
    monkeypatch.setattr(clients, "check", lambda *_described: None)

    def after_the_engineer(*described: Any, actor: Actor) -> clients.Defined:
        monkeypatch.setattr(clients, "bring", bring)
        define(cast.bip)
        return bring(*described, actor=actor)

    monkeypatch.setattr(clients, "bring", after_the_engineer)
    assert told(post(token, HONEST), 409)["error"] == "already_connected"
    assert not Client.objects.filter(application=cast.bip).exclude(client_id="bip").exists()


def test_only_an_application_declared_for_openid_connect_is_allowed_and_not_for_ever(cast: Cast) -> None:
    with pytest.raises(RegistrationNotAllowed):
        registration.allow(cast.bip, lifetime=dt.timedelta(days=1), actor=SYSTEM)
    for days in (0, -1, 31):
        with pytest.raises(RegistrationNotAllowed):
            allowed(cast.bip, days=days)
    assert not RegistrationToken.objects.exists()


def test_the_token_is_kept_as_a_digest_and_journaled_without_it(cast: Cast) -> None:
    StaffRole.objects.create(agent=cast.julien.agent, role=Role.ENGINEER, granted_at=clock.now())
    engineer = Actor(agent_id=cast.julien.agent_id, label="Julien Moreau")
    token = allowed(cast.bip, actor=engineer)
    assert len(token) >= 43
    kept = RegistrationToken.objects.get()
    assert (kept.digest, kept.created_by) == (digest(token), "Julien Moreau")
    event = AuditEvent.objects.get(action="oidc.registration_allowed")
    assert (event.application, event.actor_id) == ("bip", cast.julien.agent_id)
    assert token not in str(event.details)


def test_only_an_engineer_of_the_centre_allows_and_forbids(cast: Cast) -> None:
    for member in (cast.julien, cast.nadia, cast.claire):
        actor = Actor(agent_id=member.agent_id, label=member.agent.full_name)
        with pytest.raises(ForTheCentre):
            allowed(cast.bip, actor=actor)
        with pytest.raises(ForTheCentre):
            registration.forbid(cast.bip, actor=actor)
    assert not RegistrationToken.objects.exists()


def test_what_was_allowed_can_be_taken_back(cast: Cast) -> None:
    token = allowed(cast.bip)
    assert registration.forbid(cast.bip, actor=SYSTEM)
    refused(post(token, HONEST))
    assert not registration.forbid(cast.bip, actor=SYSTEM)
    assert AuditEvent.objects.filter(action="oidc.registration_forbidden").count() == 1


def test_an_application_registers_and_its_agents_enter(cast: Cast) -> None:
    """RFC 7591, 3.2.1: what is registered is told, with the secret and the token that manages it."""
    answer = registered(cast.bip)
    assert answer["client_secret_expires_at"] == 0
    assert answer["registration_client_uri"] == f"http://testserver{ADDRESS}/{answer['client_id']}"
    assert (answer["redirect_uris"], answer["response_types"]) == (HONEST["redirect_uris"], ["code"])
    assert answer["token_endpoint_auth_method"] == "client_secret_basic"
    client = Client.objects.get()
    assert client.secret_digests == [digest(answer["client_secret"])]
    assert client.registration_digest == digest(answer["registration_access_token"])
    entitle(cast.claire, cast.bip)
    bip = Relying(client, secret=answer["client_secret"])
    assert bip.userinfo(bip.tokens(signed_in(cast.claire.agent))["access_token"]).status_code == 200


def test_the_secret_is_ours_and_strong(cast: Cast) -> None:
    first, second = registered(cast.bip), registered(cast.cotisations, redirect_uris=["https://rival.example/cb"])
    assert len(first["client_secret"]) >= 43
    assert first["client_secret"] != second["client_secret"]
    assert first["registration_access_token"] != first["client_secret"]


def test_a_public_client_and_one_that_signs_receive_no_secret(cast: Cast) -> None:
    public = registered(cast.bip, token_endpoint_auth_method="none")
    signing = registered(
        cast.cotisations,
        token_endpoint_auth_method="private_key_jwt",
        jwks=KEYS,
        redirect_uris=["https://rival.example/cb"],
    )
    for answer in (public, signing):
        assert not {"client_secret", "client_secret_expires_at"} & set(answer)


def test_registering_is_journaled_as_the_application_s_own_act(cast: Cast) -> None:
    answer = registered(cast.bip)
    event = AuditEvent.objects.get(action="oidc.client_created")
    assert (event.actor_id, event.actor_label, event.application) == (None, "Application BIP", "bip")
    assert event.address == "127.0.0.1"
    for secret in ("client_secret", "registration_access_token"):
        assert answer[secret] not in str(event.details)


def test_registering_lets_nobody_in(cast: Cast) -> None:
    answer = registered(cast.bip)
    bip = Relying(Client.objects.get(), secret=answer["client_secret"])
    refusal = bip.authorize(signed_in(cast.claire.agent), prompt="none")
    assert answered(refusal)["error"] == "access_denied"
    Application.objects.filter(pk=cast.bip.pk).update(status="draft")
    entitle(cast.claire, cast.bip)
    assert answered(bip.authorize(signed_in(cast.claire.agent), prompt="none"))["error"] == "access_denied"


def test_asking_for_everything_gives_what_the_sheet_lists(cast: Cast) -> None:
    answer = registered(cast.bip, scope="openid profile email phone siret offline_access")
    entitle(cast.claire, cast.bip)
    bip = Relying(Client.objects.get(), secret=answer["client_secret"])
    token = bip.tokens(signed_in(cast.claire.agent), scope="openid profile email phone siret")["access_token"]
    claims = bip.userinfo(token).json()  # type: ignore[attr-defined]
    assert not {"siret", "phone_number", "organizational_unit"} & set(claims)


def test_what_libraries_add_is_ignored_and_shown_nowhere(cast: Cast) -> None:
    """RFC 7591, 2: the server "MUST ignore any client metadata sent by the client that it does not understand"."""
    answer = registered(cast.bip, **CHATTER)
    assert not set(CHATTER) & set(answer)
    entitle(cast.claire, cast.bip)
    Client.objects.update(consent_required=True)
    page = Relying(Client.objects.get()).authorize(signed_in(cast.claire.agent)).content.decode()
    assert "de rêve" not in page
    assert "BIP" in page


def test_the_discovery_names_the_door(cast: Cast) -> None:
    found = Browser().get("/.well-known/openid-configuration").json()
    assert found["registration_endpoint"] == f"http://testserver{ADDRESS}"


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch"])
def test_the_door_takes_post_only(cast: Cast, method: str) -> None:
    assert send(method, ADDRESS, allowed(cast.bip)).status_code == 405
