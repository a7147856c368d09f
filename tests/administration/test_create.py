"""Adding an application by steps: nothing is written before the end, nothing that was typed is lost."""

import re
from typing import Any

import pytest
from django.test import Client

from convergences.audit.models import AuditEvent
from convergences.catalog.models import Application
from convergences.directory.models import Membership
from convergences.protocols.oidc.models import Client as OidcClient
from tests.administration.pages import address, create, hidden, secret_of, words
from tests.cast import Cast
from tests.oidc.relying import define

pytestmark = pytest.mark.database
START = "/administration/nouvelle-application"


def test_every_step_follows_and_nothing_is_written_before_the_last(engineer: Client, cast: Cast) -> None:
    before, events = Application.objects.count(), AuditEvent.objects.count()
    assert "Comment l'agent y entre-t-il" in words(engineer.get(START))
    assert "Ce qu'elle peut apprendre" in words(create(engineer, here=1, go="next"))
    assert "Genre d'application" in words(create(engineer, here=2, go="next"))
    review = words(create(engineer, here=3, go="next"))
    assert "Créer l'application" in review
    assert "https://concours.example/retour" in review
    assert (Application.objects.count(), AuditEvent.objects.count()) == (before, events)


def test_it_is_a_draft_with_its_roles_and_attributes_and_all_is_journaled(
    engineer: Client, anne_laure: Membership
) -> None:
    answer = create(engineer)
    assert answer.status_code == 200
    made = Application.objects.get(slug="concours")
    assert (made.status, made.protocol, made.attributes) == (
        "draft", "oidc", ["email", "given_name", "usual_name", "roles"],
    )  # fmt: skip
    assert [(role.key, role.name) for role in made.roles.all()] == [
        ("reader", "Consulter"), ("manager", "Gérer les épreuves"),
    ]  # fmt: skip
    told = AuditEvent.objects.filter(application="concours").order_by("pk")
    assert [(event.action, event.actor_id) for event in told] == [
        ("catalog.application_defined", anne_laure.agent.pk), ("oidc.client_created", anne_laure.agent.pk),
    ]  # fmt: skip
    assert secret_of(answer) not in str(list(told.values()))


def test_sensible_settings_come_with_the_kind(engineer: Client) -> None:
    create(engineer)
    client = OidcClient.objects.get()
    assert client.client_id == "concours"
    assert client.token_endpoint_auth_method == "client_secret_basic"
    assert client.grant_types == ["authorization_code"]
    assert client.scope == "openid profile email"
    assert len(client.secret_digests) == 1


def test_one_in_the_browser_is_public_and_has_no_secret_to_show(engineer: Client) -> None:
    answer = create(engineer, kind="browser", renews="on")
    assert answer.status_code == 302
    client = OidcClient.objects.get()
    assert (client.token_endpoint_auth_method, client.secret_digests) == ("none", [])
    assert client.grant_types == ["authorization_code", "refresh_token"]


def test_a_machine_keeps_no_address_and_asks_nothing_of_agents(engineer: Client) -> None:
    answer = create(engineer, kind="machine", scope="payroll.read")
    assert answer.status_code == 200
    client = OidcClient.objects.get()
    assert (client.grant_types, client.redirect_uris, client.scope) == (["client_credentials"], [], "payroll.read")


def test_a_simple_link_skips_the_connection(engineer: Client) -> None:
    review = create(engineer, here=2, go="next", protocol="link", kind=None, redirect_uris=None)
    assert "Créer l'application" in words(review)
    assert "Raccordement" not in words(review)
    assert create(engineer, protocol="link")["Location"] == address()
    assert not OidcClient.objects.exists()


def test_going_back_carries_all_that_was_typed(engineer: Client) -> None:
    typed = "https://concours.example/retour\r\nhttps://concours.example/autre"
    back = create(engineer, here=3, go="back", redirect_uris=typed, kind="browser")
    assert "Ce qu'elle peut apprendre" in words(back)
    assert hidden(back)["redirect_uris"] == [typed]
    assert hidden(back)["kind"] == ["browser"]
    forward = create(engineer, here=2, seen=3, go="next", redirect_uris=typed, kind="browser").content.decode()
    assert "https://concours.example/autre</textarea>" in forward
    assert re.search(r'value="browser"[^>]* checked', forward)


def test_what_was_unticked_stays_unticked_after_a_step_and_back(engineer: Client) -> None:
    answer = create(engineer, here=3, go="2", attributes=["email"], affiliations=None)
    page = answer.content.decode()
    assert page.count('name="attributes"') == 14
    assert page.count("checked") == 2  # the e-mail address, and the password as what it takes to enter


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"here": 1, "name": ""}, "id_name", "Saisissez le nom de l'application."),
        ({"here": 1, "url": "javascript:alert(1)"}, "id_url", "Saisissez une adresse complète, qui commence par https://."),
        ({"here": 1, "slug": "bip"}, "id_slug", "L'identifiant « bip » est déjà celui de « BIP »."),
        ({"here": 1, "icon": "../../x"}, "id_icon", "Choisissez une réponse dans la liste."),
        ({"here": 2, "roles": "Un = a\nDeux = a"}, "id_roles", "Deux droits de l'application portent la même clé."),
        ({"here": 2, "roles": "Consulter = é à"}, "id_roles", "Utilisez des lettres sans accent"),
        ({"here": 2, "attributes": ["password"]}, "id_attributes", "Choisissez une réponse"),
        ({"here": 3, "redirect_uris": "http://a.example/r"}, "id_redirect_uris", "« http://a.example/r » :"),
        ({"here": 3, "redirect_uris": "https://concours.example/*"}, "id_redirect_uris", "joker"),
        ({"here": 3, "redirect_uris": ""}, "id_redirect_uris", "Indiquez au moins une adresse de retour."),
        ({"here": 3, "kind": ""}, "id_kind", "Choisissez le genre d'application."),
        ({"here": 3, "scope": "openid everything"}, "id_scope", "Portée inconnue (everything)"),
        ({"here": 3, "scope": "openid offline_access"}, "id_scope", "Elle renouvelle son accès"),
        ({"here": 3, "jwks": "{not json"}, "id_jwks", "Ce texte n'est pas du JSON"),
        ({"here": 3, "token_endpoint_auth_method": "private_key_jwt"}, "id_jwks", "clés publiques de l'application"),
        ({"here": 3, "kind": "browser", "machine_too": "on"}, "id_machine_too", "décochez cette case"),
        ({"here": 3, "subject_type": "pairwise", "redirect_uris": "https://a.example/r\nhttps://b.example/r"},
         "id_s", "pairwise"),
        ({"here": 3, "client_id": "à"}, "id_client_id", "lettres sans accent"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_at_its_field_with_its_remedy(
    cast: Cast, engineer: Client, changes: dict[str, Any], field: str, said: str
) -> None:
    answer = create(engineer, go="next", **changes)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'href="#{field}' in page
    assert said in words(answer)
    assert "Erreur" in page.partition("<title>")[2][:40]


def test_what_only_the_end_can_refuse_is_said_where_it_was_asked(cast: Cast, engineer: Client) -> None:
    define(cast.bip, client_id="concours")
    answer = create(engineer)
    assert answer.status_code == 422
    assert 'href="#id_client_id"' in answer.content.decode()
    assert "Cet identifiant est déjà celui d'une autre application." in words(answer)
    assert not Application.objects.filter(slug="concours").exists()
    assert '<details class="card more more-card" open>' in answer.content.decode()


def test_an_existing_application_is_never_overwritten(cast: Cast, engineer: Client) -> None:
    Application.objects.update(created_at="2020-01-01T00:00:00Z")
    answer = create(engineer, slug="bip", name="BIP à moi", url="https://evil.example/")
    assert answer.status_code == 422
    cast.bip.refresh_from_db()
    assert (cast.bip.name, cast.bip.url, cast.bip.status) == ("BIP", "https://bip.example/", "open")


def test_the_last_step_sent_twice_makes_one_application_and_shows_no_second_secret(engineer: Client) -> None:
    first = create(engineer)
    again = create(engineer)
    assert again["Location"] == address()
    assert Application.objects.filter(name="Gestion des concours").count() == 1
    digests = OidcClient.objects.get().secret_digests
    sheet = engineer.get(address())
    assert "vient d'être créée" in sheet.content.decode().replace("’", "'")
    assert secret_of(first) not in sheet.content.decode()
    assert digests == OidcClient.objects.get().secret_digests


def test_the_end_asked_out_of_order_shows_what_is_missing(engineer: Client) -> None:
    answer = engineer.post(START, {"go": "create", "here": "1", "seen": "1"})
    assert answer.status_code == 422
    assert "Saisissez le nom de l'application." in words(answer)
    for go in ("3", "4", "back", "next", "", "9", "x"):
        assert engineer.post(START, {"go": go, "here": "9", "seen": "²"}).status_code in {200, 422}


def test_markup_is_carried_as_text(engineer: Client) -> None:
    answer = create(engineer, here=1, go="next", name='"><script>alert(1)</script>', slug="safe")
    assert "<script>alert" not in answer.content.decode()


def test_the_steps_are_four_from_the_start_and_three_for_a_link(engineer: Client) -> None:
    assert "3. Raccordement 4. Vérification" in words(engineer.get(START))
    assert "3. Vérification" in words(create(engineer, here=1, go="next", protocol="link"))


def test_a_handle_drawn_from_a_name_cuts_it_at_apostrophes(engineer: Client, cast: Cast) -> None:
    create(engineer, name="Médiathèque d’Aubervilliers", slug="", roles="Chef d'équipe")
    made = Application.objects.get(slug="mediatheque-d-aubervilliers")
    assert [role.key for role in made.roles.all()] == ["chef-d-equipe"]
