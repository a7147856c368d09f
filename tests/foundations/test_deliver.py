"""The outbox delivers to a real SMTP server, which accepts, refuses for now, refuses for good, or dies."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from convergences.foundations import clock, delivery
from convergences.foundations.delivery import dead_letters, deliver_due, retry, waiting
from convergences.foundations.models import DemoLetter, OutboxMessage
from convergences.foundations.outbox import Mail, post
from tests.foundations.smtp import Server, accepts, free_port, listening

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ADDRESS = "sophie.delorme@pantin.example"


@pytest.fixture
def server() -> Iterator[Server]:
    with listening() as running, override_settings(EMAIL_URL=running.url):
        yield running


def posted(recipient: str = ADDRESS, subject: str = "Votre compte est prêt", text: str = "Bonjour\n") -> OutboxMessage:
    with transaction.atomic():
        return post(Mail("invitation", recipient, subject, text, f"<p>{text}</p>"))


def test_a_mail_leaves_once_and_its_content_is_forgotten(server: Server) -> None:
    message = posted()
    assert deliver_due() == 1
    assert deliver_due() == 0
    message.refresh_from_db()
    assert message.sent_at
    assert message.sealed_content == ""
    assert server.recipients == [[ADDRESS]]


def test_french_reaches_the_mailbox_whole_and_in_seven_bits(server: Server) -> None:
    posted(
        subject="Léa, l’accès à « BIP »\u00a0: c’est prêt " + "très " * 30, text="Été\u00a0!\n" + "œ" * 2000 + "\n.\n"
    )
    deliver_due()
    [mail] = server.received
    assert mail["Subject"].startswith("Léa, l’accès à « BIP »\u00a0: c’est prêt très")
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text
    assert html
    assert text.get_content() == "Été\u00a0!\r\n" + "œ" * 2000 + "\r\n.\r\n"
    assert "Été" in html.get_content()


def test_the_headers_say_who_when_and_that_no_answer_is_read(server: Server) -> None:
    posted()
    deliver_due()
    [mail] = server.received
    assert mail["To"] == ADDRESS
    assert mail["From"] == settings.DEFAULT_FROM_EMAIL
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@cig.example>")
    assert abs(mail["Date"].datetime - clock.now()) < dt.timedelta(minutes=1)
    assert mail.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize("subject", ["Bonjour\r\nBcc: eve@evil.example", "Bonjour\nX: y"])
def test_a_subject_that_adds_a_header_is_a_dead_letter(server: Server, subject: str) -> None:
    posted(subject=subject)
    deliver_due()
    assert server.received == []
    assert dead_letters().count() == 1


@pytest.mark.parametrize(
    "recipient",
    ["a@pantin.example, eve@evil.example", "a@pantin.example\nBcc: eve@evil.example", "sans arobase", "é@p.example"],
)
def test_an_address_that_hides_another_is_a_dead_letter(server: Server, recipient: str) -> None:
    posted(recipient)
    deliver_due()
    assert server.received == []
    assert dead_letters().count() == 1


def test_a_domain_with_accents_is_written_as_servers_read_it(server: Server) -> None:
    posted("agent@mairie-épinay.example")
    deliver_due()
    assert server.recipients == [["agent@xn--mairie-pinay-heb.example"]]


def test_a_recipient_refused_for_good_is_a_dead_letter_at_once(server: Server) -> None:
    server.recipient_answer = "550 5.1.1 no such user"
    posted()
    deliver_due()
    [dead] = dead_letters()
    assert dead.last_error == "550 5.1.1 no such user"
    assert dead.sealed_content


def test_a_message_refused_for_good_is_a_dead_letter_and_the_next_one_leaves(server: Server) -> None:
    server.data_answer = "554 5.7.1 looks like spam"
    posted()
    deliver_due()
    server.data_answer = "250 OK"
    posted()
    deliver_due()
    assert (dead_letters().count(), len(server.received)) == (1, 1)


def test_a_recipient_refused_for_now_is_tried_again_and_the_others_leave(server: Server) -> None:
    server.recipient_answer = "451 4.7.1 greylisted, come back"
    message = posted()
    assert deliver_due() == 1
    message.refresh_from_db()
    assert message.last_error.startswith("451")
    server.recipient_answer = "250 OK"
    assert deliver_due() == 0
    with time_machine.travel(clock.now() + dt.timedelta(seconds=61)):
        assert deliver_due() == 1
    assert len(server.received) == 1


def test_a_server_that_dies_in_the_middle_gets_the_same_letter_later(server: Server) -> None:
    server.dies = True
    posted()
    posted()
    assert deliver_due() == 1  # the other one waits: the server is down for everybody
    assert waiting().count() == 2
    server.dies = False
    with time_machine.travel(clock.now() + dt.timedelta(seconds=61)):
        assert deliver_due() == 2
    assert len({mail["Message-ID"] for mail in server.received}) == 2


def test_an_absent_server_is_tried_for_a_day_then_the_letter_is_dead() -> None:
    tries, start = 0, clock.now()
    posted()
    with override_settings(EMAIL_URL=f"smtp://127.0.0.1:{free_port()}"):
        while (message := waiting().first()) and tries < 20:
            with time_machine.travel(message.send_after + dt.timedelta(seconds=1)):
                tries += deliver_due()
    [dead] = dead_letters()
    assert tries == 8
    assert dt.timedelta(hours=23) < message_age(dead, start) < dt.timedelta(hours=25)
    assert "ConnectionRefusedError" in dead.last_error


def message_age(dead: OutboxMessage, start: dt.datetime) -> dt.timedelta:
    assert dead.dead_at
    return dead.dead_at - start


def test_a_dead_letter_put_back_leaves(server: Server) -> None:
    server.recipient_answer = "550 no"
    posted()
    deliver_due()
    server.recipient_answer = "250 OK"
    assert retry(dead_letters()) == 1
    deliver_due()
    assert (len(server.received), dead_letters().count()) == (1, 0)


def test_a_letter_whose_worker_was_killed_leaves_under_the_same_name(server: Server) -> None:
    message = posted()
    assert delivery._claim() == message
    assert deliver_due() == 0
    with time_machine.travel(clock.now() + delivery.LEASE + dt.timedelta(seconds=1)):
        assert deliver_due() == 1
    assert len(server.received) == 1


def test_a_letter_sealed_under_a_lost_secret_is_a_dead_letter(server: Server) -> None:
    posted()
    with override_settings(SECRET_KEY="another secret, of more than 32 characters"):
        deliver_due()
    assert "SECRET_KEY" in dead_letters()[0].last_error


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_password_is_given_to_the_server_that_asks_for_it() -> None:
    asking = {"authenticator": accepts(b"user", b"p@ss"), "auth_required": True, "auth_require_tls": False}
    with listening(**asking) as server:
        posted()
        with override_settings(EMAIL_URL=f"smtp://user:wrong@127.0.0.1:{server.port}"):
            deliver_due()
        assert "Authentication" in waiting()[0].last_error
        assert "wrong" not in waiting()[0].last_error
        with (
            override_settings(EMAIL_URL=f"smtp://user:p%40ss@127.0.0.1:{server.port}"),
            time_machine.travel(clock.now() + dt.timedelta(minutes=2)),
        ):
            deliver_due()
        assert len(server.received) == 1


def test_nothing_leaves_in_clear_when_encryption_is_asked_and_not_offered(server: Server) -> None:
    posted()
    with override_settings(EMAIL_URL=f"{server.url}&starttls=1"):
        deliver_due()
    assert server.received == []
    assert "STARTTLS" in waiting()[0].last_error


def test_the_mailbox_of_the_demo_keeps_the_letter() -> None:
    posted()
    with override_settings(EMAIL_URL="mailbox:"):
        assert deliver_due() == 1
    assert DemoLetter.objects.get().subject == "Votre compte est prêt"


def test_old_traces_are_forgotten(server: Server) -> None:
    posted()
    deliver_due()
    assert delivery.forget_old() == 0
    with time_machine.travel(clock.now() + dt.timedelta(days=31)):
        assert delivery.forget_old() == 1


def test_an_empty_outbox_costs_one_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert deliver_due() == 0
    assert len(queries) == 1
