"""Web Browser SSO (Profiles, section 4.1), and what an application reads (Core, section 3.4)."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client as Browser

from convergences.admission.models import Visit
from convergences.foundations import clock
from convergences.protocols.saml import names
from tests.cast import Cast, signed_in
from tests.home.rights import give
from tests.saml.serving import CONSUMER, ENTITY, Peer, answer_in, define, keys, metadata, request, signed

pytestmark = pytest.mark.database


def test_an_agent_with_the_right_is_stated_to_the_application(site: Peer, cast: Cast) -> None:
    asked = request(id="_asked-by-the-site")
    answer = answer_in(site.send(asked))
    assert (answer.consumer, answer.relay_state) == (CONSUMER, "/deep?page=2")
    assert answer.statuses == [names.SUCCESS]
    assert answer.root.get("InResponseTo") == "_asked-by-the-site"
    assert answer.assertion.findtext(f".//{names.assertion('Audience')}") == ENTITY
    assert answer.attributes["mail"] == ["claire.nguyen@pantin.example"]
    assert answer.attributes["o"] == ["Ville de Pantin"]
    assert answer.attributes["eduPersonEntitlement"] == ["reader"]
    assert "telephoneNumber" not in answer.attributes
    assert Visit.objects.get().protocol == "saml"


def test_the_confirmation_is_for_this_application_this_request_and_minutes(site: Peer) -> None:
    """Profiles, 4.1.4.2."""
    answer = answer_in(site.send(request(id="_this-one")))
    data = answer.assertion.find(f".//{names.assertion('SubjectConfirmationData')}")
    assert data is not None
    assert (data.get("Recipient"), data.get("InResponseTo")) == (CONSUMER, "_this-one")
    until = dt.datetime.fromisoformat(str(data.get("NotOnOrAfter")))
    assert dt.timedelta(0) < until - clock.now() <= dt.timedelta(minutes=5)
    assert data.get("NotBefore") is None


def test_a_persistent_name_is_the_application_s_own_and_stays(site: Peer, cast: Cast) -> None:
    """Core, 8.3.7."""
    first, second = (answer_in(site.send()).name for _ in range(2))
    assert first.text == second.text
    assert first.text != cast.claire.agent.subject
    assert first.get("SPNameQualifier") == ENTITY
    give(cast.claire, cast.bip)
    other = define(cast.bip, metadata(entity="https://other.example/", consumer="https://other.example/acs"))
    elsewhere = Peer(browser=site.browser).send(request(issuer=other.entity_id))
    assert answer_in(elsewhere).name.text != first.text


@pytest.mark.parametrize(("form", "value"), [("email", "claire.nguyen@pantin.example"), ("transient", "")])
def test_a_name_has_the_form_that_the_engineer_chose(site: Peer, cast: Cast, form: str, value: str) -> None:
    define(cast.cotisations, name_id_format=form)
    later = Peer(browser=signed_in(cast.claire.agent))
    first, second = (str(answer_in(peer.send()).name.text) for peer in (site, later))
    assert first == second == value if value else first != second


def test_a_form_of_name_that_is_not_given_is_refused_to_the_application(site: Peer) -> None:
    answer = answer_in(site.send(request(more=f'<samlp:NameIDPolicy Format="{names.EMAIL}"/>')))
    assert answer.statuses == [names.REQUESTER, names.INVALID_NAME_POLICY]


@pytest.mark.parametrize("other", ["https://other.example/", "https://site.example/saml/"])
def test_the_name_that_another_knows_is_not_given(site: Peer, cast: Cast, other: str) -> None:
    """Core, 3.4.1.1, SPNameQualifier; its own name is no more than the default."""
    give(cast.claire, cast.bip)
    define(cast.bip, metadata(entity="https://other.example/", consumer="https://other.example/acs"))
    policy = '<samlp:NameIDPolicy SPNameQualifier="{}" AllowCreate="true"/>'
    answer = answer_in(site.send(request(more=policy.format(other))))
    assert answer.statuses == [names.REQUESTER, names.INVALID_NAME_POLICY]
    assert answer_in(site.send(request(more=policy.format(ENTITY)))).statuses == [names.SUCCESS]


def test_a_name_without_a_morrow_is_given_to_whoever_asks(site: Peer, cast: Cast) -> None:
    """Core, section 8.3.8: it says nothing of the agent."""
    policy = f'<samlp:NameIDPolicy Format="{names.TRANSIENT}" AllowCreate="true"/>'
    later = Peer(browser=signed_in(cast.claire.agent))
    told = [answer_in(peer.send(request(more=policy))).name for peer in (site, later)]
    assert {name.get("Format") for name in told} == {names.TRANSIENT}
    assert told[0].text != told[1].text


def test_by_post_the_browser_comes_back_with_its_cookie(site: Peer) -> None:
    assert answer_in(site.post(request())).statuses == [names.SUCCESS]


def test_a_stranger_signs_in_first(site: Peer) -> None:
    response = Peer().send()
    assert response["Location"].startswith("/connexion?next=%2Fsaml%2Fsuite")


def test_an_agent_without_the_right_reads_why_and_the_application_may_be_told(site: Peer, cast: Cast) -> None:
    peer = Peer(browser=signed_in(cast.moussa.agent))
    page = peer.send()
    assert page.status_code == 403
    text = page.content.decode()
    assert "Nadia Ferhat" in text
    back = text.partition('href="/saml/suite?')[2].partition('"')[0].replace("&amp;", "&")
    answer = answer_in(peer.browser.get(f"/saml/suite?{back}"))
    assert answer.statuses == [names.RESPONDER, names.REQUEST_DENIED]
    assert not Visit.objects.exists()


def test_passive_shows_no_page(site: Peer, cast: Cast) -> None:
    """Core, 3.4.1, IsPassive."""
    assert answer_in(Peer().send(request(about='IsPassive="true"'))).statuses[1] == names.NO_PASSIVE
    moussa = Peer(browser=signed_in(cast.moussa.agent))
    assert answer_in(moussa.send(request(about='IsPassive="1"'))).statuses[1] == names.REQUEST_DENIED
    assert answer_in(site.send(request(about='IsPassive="true"'))).statuses == [names.SUCCESS]


def test_who_is_refused_without_a_page_may_be_sent_back_for_one(site: Peer) -> None:
    """Chromium holds what answers a form, the application's own redirection to us, to the policy of that form."""
    policy = Peer().send(request(about='IsPassive="true"'))["Content-Security-Policy"].split("; ")
    assert "form-action https://site.example 'self'" in policy


def test_a_sign_that_xml_cannot_say_keeps_nobody_out(site: Peer, cast: Cast) -> None:
    cast.claire.agent.family_name = "Ngu\x01yen\x0b\ufffe\U0001f600"
    cast.claire.agent.save()
    assert answer_in(site.send()).attributes["sn"] == ["Ngu\ufffdyen\ufffd\ufffd\U0001f600"]


def test_force_asks_for_the_password_again(site: Peer, cast: Cast) -> None:
    """Core, 3.4.1, ForceAuthn."""
    response = site.send(request(about='ForceAuthn="true"'))
    assert "encore=1" in response["Location"]
    passive = answer_in(site.send(request(about='ForceAuthn="true" IsPassive="true"')))
    assert passive.statuses[1] == names.NO_PASSIVE


def test_a_sign_in_later_than_the_request_answers_force(site: Peer, cast: Cast) -> None:
    away = site.send(request(about='ForceAuthn="true"'))["Location"]
    back = parse_qs(urlsplit(away).query)["next"][0]
    with time_machine.travel(clock.now() + dt.timedelta(seconds=20)):
        answer = answer_in(signed_in(cast.claire.agent).get(back))
    assert answer.statuses == [names.SUCCESS]


def test_an_application_with_a_key_reads_what_nobody_else_can(site: Peer, cast: Cast) -> None:
    """Core, 6.1: the statement is encrypted, and signed within."""
    define(cast.cotisations, metadata(encrypt=True))
    response = site.send()
    assert b"claire" not in response.content
    answer = answer_in(response, private=keys().private)
    assert answer.attributes["mail"] == ["claire.nguyen@pantin.example"]


def test_a_signed_request_is_answered_by_both_bindings(site: Peer, cast: Cast) -> None:
    define(cast.cotisations, signed_requests=True)
    assert answer_in(site.send(by=keys())).statuses == [names.SUCCESS]
    assert answer_in(site.post(signed(request()))).statuses == [names.SUCCESS]


def test_the_tile_opens_an_application_that_waits_for_it(site: Peer, cast: Cast) -> None:
    """Profiles, 4.1.5."""
    define(cast.cotisations, idp_initiated=True, relay_state="/accueil")
    answer = answer_in(site.browser.get("/saml/ouvrir/net-cotisations", follow=True))
    assert answer.root.get("InResponseTo") is None
    assert answer.relay_state == "/accueil"
    assert Browser().get("/saml/ouvrir/net-cotisations")["Location"].startswith("/connexion")


def test_the_cost_is_constant(site: Peer, django_assert_max_num_queries: pytest.FixtureRequest) -> None:
    site.send()
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        answer_in(site.send())
