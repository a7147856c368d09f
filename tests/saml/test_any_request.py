"""Anything at all: an honest signed request, changed anywhere, is the same request or is refused; never a breakdown."""

import base64
import zlib
from urllib.parse import quote_plus

import pytest
from django.http import HttpResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from convergences.protocols.saml import asking, names
from tests.cast import Cast
from tests.saml.forging import posted, refused
from tests.saml.leaving import envelope
from tests.saml.serving import CONSUMER, Peer, define, metadata, request, signed

ANY = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = st.sampled_from(
    ["<", ">", "&", '"', "/", "<!--", "-->", "<?a?>", "]]>", "<![CDATA[", "&#0;", "&#x41;", "&lt;", "\x00", "\ufeff",
     "é", " ", "\n",
     "<a/>", "</saml:Issuer>", "<saml:Issuer>x</saml:Issuer>", "xmlns=''", "ID='_x'", "<!DOCTYPE a>", "ds:", "samlp:"]
) | st.text(max_size=4)  # fmt: skip


@st.composite
def changed(draw: st.DrawFn, document: str) -> str:
    """Cut, repeat, move, or put something somewhere."""
    for _change in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(document)))
        end = draw(st.integers(start, min(len(document), start + 40)))
        place = draw(st.integers(0, len(document)))
        piece = draw(PIECES | st.just(document[start:end]))
        document = draw(
            st.sampled_from([document[:start] + piece + document[end:], document[:place] + piece + document[place:]])
        )
    return document


@pytest.fixture
def signing(site: Peer, cast: Cast) -> Peer:
    """The site signs its requests."""
    define(cast.cotisations, metadata(logouts=[names.SOAP]), signed_requests=True)
    return site


@given(data=st.data())
@ANY
def test_a_signed_request(signing: Peer, data: st.DataObject) -> None:
    honest = signed(request(id="_honest"))
    document = data.draw(changed(honest))
    check_refused_or_the_same(posted(document.encode("utf-8", "surrogatepass")))


def check_refused_or_the_same(response: HttpResponse) -> None:
    """Check that what is followed is what was signed."""
    if response.status_code != 303:
        assert refused(response)
        return
    asked = asking.unsealed(response["Location"].partition("request=")[2].replace("%3A", ":"))
    assert (asked.request_id, asked.consumer, asked.name_format, asked.force) == ("_honest", CONSUMER, "", False)


@given(content=st.binary(max_size=300))
@ANY
def test_any_bytes(signing: Peer, content: bytes) -> None:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = engine.compress(content) + engine.flush()
    assert refused(posted(content))
    for carried in (content, deflated):
        encoded = quote_plus(base64.b64encode(carried).decode())
        assert refused(signing.browser.get(f"/saml/sso?SAMLRequest={encoded}&SigAlg=x&Signature={encoded}"))


@given(query=st.text(st.sampled_from("SAMLRequestponsRlySigAlg=&%+/0123456789abc;é\x00"), max_size=80))
@ANY
def test_any_address(signing: Peer, query: str) -> None:
    for path in ("/saml/sso", "/saml/slo"):
        assert refused(signing.browser.get(f"{path}?{query}"))


@given(data=st.data())
@ANY
def test_any_envelope(signing: Peer, data: st.DataObject) -> None:
    content = data.draw(changed(envelope(signed(request()))))
    answer: HttpResponse = signing.browser.post(
        "/saml/slo/soap", content.encode("utf-8", "surrogatepass"), content_type="text/xml"
    )
    assert answer.status_code == 400


@given(data=st.data())
@ANY
def test_any_tree(signing: Peer, data: st.DataObject) -> None:
    """Elements moved, copied and taken away, rather than signs: every document is well formed."""
    root = etree.fromstring(signed(request(id="_honest")).encode())
    elements = list(root.iter())
    taken, put = (data.draw(st.sampled_from(elements)) for _ in range(2))
    if taken not in put.iterancestors() and taken is not put and taken is not root:
        put.append(taken)
    check_refused_or_the_same(posted(etree.tostring(root)))
