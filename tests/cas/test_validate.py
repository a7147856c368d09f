"""Validation of tickets: specification, sections 2.4, 2.5 and 2.8."""

import datetime as dt
import json
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from convergences.audit.models import AuditEvent
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from convergences.protocols.cas.models import Ticket
from tests.cas.serving import CAS, HOME, Peer, define, xml
from tests.cast import Cast, signed_in
from tests.home.rights import give

pytestmark = pytest.mark.database


def test_a_ticket_says_who_came_and_for_whom(cotisations: Peer, claire: Browser, cast: Cast) -> None:
    answer = cotisations.validated(cotisations.ticket(claire))["authenticationSuccess"]
    assert answer["user"] == "claire.nguyen@pantin.example"
    released = answer["attributes"]
    assert released["roles"] == ["reader"]
    assert (released["organization"], released["organization_siret"]) == ("Ville de Pantin", "21930055500014")
    assert released["isFromNewLogin"] is False
    assert "phone_number" not in released


def test_the_answer_in_xml_bears_the_names_of_the_schema(cotisations: Peer, claire: Browser) -> None:
    """2.5.1 and 2.5.7."""
    ticket = cotisations.ticket(claire)
    success = xml(cotisations.ask("p3/serviceValidate", ticket=ticket, service=HOME)).find(
        f"{CAS}authenticationSuccess"
    )
    assert success is not None
    assert success.findtext(f"{CAS}user") == "claire.nguyen@pantin.example"
    assert [role.text for role in success.findall(f"{CAS}attributes/{CAS}roles")] == ["reader"]


def test_a_name_with_markup_stays_a_text(cotisations: Peer, claire: Browser, cast: Cast) -> None:
    cast.claire.agent.family_name = "</cas:user><cas:user>admin & co"
    cast.claire.agent.save()
    success = xml(cotisations.ask("p3/serviceValidate", ticket=cotisations.ticket(claire), service=HOME))
    assert len(success.findall(f".//{CAS}user")) == 1
    assert success.findtext(f".//{CAS}usual_name") == "</cas:user><cas:user>admin & co"


def test_a_sign_that_xml_cannot_say_keeps_nobody_out(cotisations: Peer, claire: Browser, cast: Cast) -> None:
    cast.claire.agent.family_name = "Ngu\x01yen\x0b\ufffe\U0001f600"
    cast.claire.agent.save()
    success = xml(cotisations.ask("p3/serviceValidate", ticket=cotisations.ticket(claire), service=HOME))
    assert success.findtext(f".//{CAS}usual_name") == "Ngu\ufffdyen\ufffd\ufffd\U0001f600"


def test_cas_1_answers_in_two_lines(cotisations: Peer, claire: Browser) -> None:
    """2.4.2."""
    ticket = cotisations.ticket(claire)
    given = {"ticket": ticket, "service": HOME}
    assert cotisations.ask("validate", **given).content == b"yes\nclaire.nguyen@pantin.example\n"
    assert cotisations.ask("validate", **given).content == b"no\n\n"


def test_a_ticket_is_good_once_and_a_second_time_is_journaled(cotisations: Peer, claire: Browser) -> None:
    ticket = cotisations.ticket(claire)
    assert "authenticationSuccess" in cotisations.validated(ticket)
    for _insists in range(3):  # nobody fills the journal with an old ticket
        assert cotisations.refusal(ticket) == "INVALID_TICKET"
    assert AuditEvent.objects.filter(action="cas.ticket_replayed").count() == 1


def test_a_ticket_of_another_service_is_refused_and_spent(cotisations: Peer, claire: Browser) -> None:
    """2.5.3: INVALID_SERVICE, and the ticket is invalidated."""
    ticket = cotisations.ticket(claire)
    assert cotisations.refusal(ticket, service=f"{HOME}other") == "INVALID_SERVICE"
    assert cotisations.refusal(ticket) == "INVALID_TICKET"


def test_a_ticket_lives_ten_seconds(cotisations: Peer, claire: Browser) -> None:
    ticket = cotisations.ticket(claire)
    with time_machine.travel(clock.now() + dt.timedelta(seconds=10, milliseconds=1)):
        assert cotisations.refusal(ticket) == "INVALID_TICKET"


def test_renew_is_answered_by_a_new_sign_in_only(cotisations: Peer, claire: Browser) -> None:
    """2.5.1: renew at validation."""
    assert cotisations.refusal(cotisations.ticket(claire), renew="true") == "INVALID_TICKET"


def test_a_new_sign_in_for_this_very_request_renews(cotisations: Peer, cast: Cast) -> None:
    away = cotisations.send(Browser(), renew="true")["Location"]
    back = parse_qs(urlsplit(away).query)["next"][0]
    with time_machine.travel(clock.now() + dt.timedelta(seconds=30)):
        ticket = signed_in(cast.claire.agent).get(back)["Location"].rpartition("ticket=")[2]
        answer = cotisations.validated(ticket, renew="true")
    assert answer["authenticationSuccess"]["attributes"]["isFromNewLogin"] is True


def test_a_right_removed_between_ticket_and_validation_refuses(cotisations: Peer, claire: Browser) -> None:
    ticket = cotisations.ticket(claire)
    Entitlement.objects.all().delete()
    assert cotisations.refusal(ticket) == "INVALID_TICKET"


@pytest.mark.parametrize("ticket", ["ST-0", "PT-0", "ST-" + "a" * 5000, "é", "\x00", "ST-' OR 1=1 --"])
def test_an_invented_ticket_is_refused(cotisations: Peer, ticket: str) -> None:
    assert cotisations.refusal(ticket) in {"INVALID_TICKET", "INVALID_REQUEST"}


def test_what_is_missing_or_repeated_is_said(cotisations: Peer) -> None:
    assert cotisations.refusal("") == "INVALID_REQUEST"
    assert cotisations.refusal("ST-1", service="") == "INVALID_REQUEST"
    answer = cotisations.machine.get(
        f"{reverse('cas:p3_service_validate')}?ticket=a&ticket=b&service={HOME}&format=JSON"
    )
    assert json.loads(answer.content)["serviceResponse"]["authenticationFailure"]["code"] == "INVALID_REQUEST"


def test_the_user_may_be_the_permanent_identifier(cast: Cast, claire: Browser) -> None:
    give(cast.claire, cast.cotisations)
    define(cast.cotisations, user="subject")
    peer = Peer()
    assert peer.validated(peer.ticket(claire))["authenticationSuccess"]["user"] == cast.claire.agent.subject


def test_no_ticket_is_kept_in_clear(cotisations: Peer, claire: Browser) -> None:
    ticket = cotisations.ticket(claire)
    cotisations.validated(ticket)
    kept = Ticket.objects.get()
    assert ticket not in (kept.digest, kept.sealed)


def test_signing_in_and_validating_costs_a_constant_number_of_queries(
    cotisations: Peer, claire: Browser, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    cotisations.ticket(claire)
    with django_assert_max_num_queries(11):  # type: ignore[operator]
        ticket = cotisations.ticket(claire)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        cotisations.validated(ticket)
