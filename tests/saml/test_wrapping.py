"""Signature wrapping: the eight classic positions (Somorovsky et al., "On Breaking SAML", 2012)."""

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from convergences.admission.models import Visit
from convergences.protocols.saml import names
from convergences.protocols.saml.models import Statement
from tests.cast import Cast
from tests.saml.forging import POSITIONS, posted, refused, traces, wrapped
from tests.saml.leaving import envelope, logout_request, logout_response
from tests.saml.serving import Peer, answer_in, define, metadata, request, signed

ALL = [names.SOAP, names.REDIRECT, names.POST]
positions = pytest.mark.parametrize("position", POSITIONS)
identifiers = pytest.mark.parametrize("same_id", [False, True], ids=["another ID", "the same ID"])


@pytest.fixture
def inside(site: Peer, cast: Cast) -> Statement:
    """Claire is inside the site, which can be told of logout in every way."""
    define(cast.cotisations, metadata(logouts=ALL), signed_requests=True)
    answer_in(site.post(signed(request())))
    return Statement.objects.get()


@positions
@identifiers
def test_of_a_sign_in(site: Peer, inside: Statement, position: str, same_id: bool) -> None:
    before, honest = traces(), signed(request())
    assert refused(posted(wrapped(honest, position, same_id=same_id)))
    assert traces() == before
    assert answer_in(site.post(honest)).statuses == [names.SUCCESS]


@positions
@identifiers
def test_of_a_logout(inside: Statement, position: str, same_id: bool) -> None:
    before, honest = traces(), signed(logout_request(inside))
    assert refused(posted(wrapped(honest, position, same_id=same_id), to="/saml/slo"))
    assert traces() == before
    assert posted(honest, to="/saml/slo").status_code == 303


@positions
@identifiers
def test_of_a_logout_in_an_envelope(inside: Statement, position: str, same_id: bool) -> None:
    before, honest = traces(), signed(logout_request(inside, to="http://testserver/saml/slo/soap"))
    attack = wrapped(honest, position, same_id=same_id)
    assert _soap(envelope(attack)).status_code == 400
    assert _soap(envelope(attack, header=honest)).status_code == 400
    assert traces() == before
    assert _soap(envelope(honest)).status_code == 200


def _soap(content: str) -> HttpResponse:
    answer: HttpResponse = Browser().post("/saml/slo/soap", content.encode(), content_type="text/xml")
    return answer


@positions
@identifiers
def test_of_an_answer_to_a_logout(inside: Statement, position: str, same_id: bool) -> None:
    Visit.objects.update(telling_attempts=1)
    before, honest = traces(), signed(logout_response(f"_{inside.visit.uid.hex}{'0' * 16}"))
    attack = wrapped(honest, position, same_id=same_id)
    assert refused(posted(attack, to="/saml/slo", name="SAMLResponse"))
    assert traces() == before
