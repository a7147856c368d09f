"""What is not followed by SOAP is answered as the norm says (Bindings, 3.2.3.3; SOAP 1.1, section 4.4)."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser
from lxml import etree

from convergences.protocols.saml import names
from convergences.protocols.saml.models import Statement
from tests.cast import Cast
from tests.saml.forging import traces
from tests.saml.leaving import SOAP, envelope, logout_request
from tests.saml.serving import Peer, answer_in, define, keys, metadata, request, signed

pytestmark = pytest.mark.database
XML = "text/xml; charset=utf-8"


@pytest.fixture
def inside(site: Peer, cast: Cast) -> Statement:
    define(cast.cotisations, metadata(logouts=[names.SOAP]))
    answer_in(site.send())
    return Statement.objects.get()


def honest(stated: Statement) -> str:
    return envelope(signed(logout_request(stated, to=SOAP)))


REFUSED: dict[str, tuple[Callable[[Statement], str | bytes], str, int]] = {
    "nothing": (lambda _stated: " ", XML, 400),
    "no envelope": (lambda stated: signed(logout_request(stated, to=SOAP)), XML, 400),
    "two messages": (lambda stated: honest(stated).replace("</S:Body>", "<a/></S:Body>"), XML, 400),
    "another SOAP": (
        lambda stated: honest(stated).replace(names.ENVELOPE, "http://www.w3.org/2003/05/soap-envelope"),
        XML,
        400,
    ),
    "a DOCTYPE": (lambda stated: f"<!DOCTYPE a>{honest(stated)}", XML, 400),
    "UTF-16": (lambda stated: honest(stated).encode("utf-16"), XML, 400),
    "too much": (lambda stated: honest(stated) + " " * 70_000, XML, 400),
    "a form": (honest, "application/x-www-form-urlencoded", 415),
    "what any page of the web may send": (honest, "text/plain", 415),
    "not signed": (lambda stated: envelope(logout_request(stated, to=SOAP)), XML, 400),
    "a foreign key": (lambda stated: envelope(signed(logout_request(stated, to=SOAP), by=keys("evil"))), XML, 400),
    "a request of entry (ECP)": (lambda _stated: envelope(signed(request(to=SOAP))), XML, 400),
    "a stranger": (lambda stated: envelope(signed(logout_request(stated, to=SOAP, issuer="urn:x"))), XML, 400),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_fault_says_so_and_nothing_ends(inside: Statement, name: str) -> None:
    write, kind, status = REFUSED[name]
    content, known = write(inside), traces()
    answer = Browser().post("/saml/slo/soap", content, content_type=kind)
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/xml")
    fault = etree.fromstring(answer.content).find(f".//{{{names.ENVELOPE}}}Fault")
    assert fault is not None
    assert str(fault.findtext("faultcode")).endswith(":Client")
    assert fault.findtext("faultstring")
    assert traces() == known


@pytest.mark.parametrize("kind", [XML, "text/xml", "application/xml", "application/soap+xml"])
def test_what_servers_send_is_followed(inside: Statement, kind: str) -> None:
    assert Browser().post("/saml/slo/soap", honest(inside), content_type=kind).status_code == 200


def test_an_agent_who_came_often_is_signed_out_everywhere(site: Peer, inside: Statement, cast: Cast) -> None:
    """Core, 3.7.1: each session, even one that many later statements hide."""
    for _time in range(22):
        answer_in(site.send())
    visit = inside.visit
    visit.pk, visit.uid = None, "00000000-0000-4000-8000-000000000001"
    older = visit.session
    older.pk, older.uid, older.token_digest = None, "00000000-0000-4000-8000-000000000002", "0" * 64
    older.save()
    visit.session = older
    visit.save()
    Statement.objects.filter(pk=inside.pk).update(visit=visit)
    document = signed(logout_request(inside, index="", to=SOAP))
    Browser().post("/saml/slo/soap", envelope(document), content_type=XML)
    older.refresh_from_db()
    assert older.ended_at is not None
