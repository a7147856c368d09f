"""Documents that mean two things, or cost more than they weigh, are never read (OWASP, XML and SAML cheat sheets)."""

import base64
import zlib
from urllib.parse import quote_plus

import pytest
from django.test import Client as Browser

from convergences.protocols.saml import names, xml
from convergences.protocols.saml.errors import BadMessage
from tests.saml.forging import encoded, posted, refused, traces
from tests.saml.serving import ENTITY, Peer, address, answer_in, deflated, keys, request, signed

HONEST = request(id="_honest")
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
INCLUDED = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
STYLED = '<xsl:value-of xmlns:xsl="http://www.w3.org/1999/XSL/Transform" select="/"/>'


def about_issuer(text: str) -> str:
    return request().replace(f">{ENTITY}<", f">{text}<")


DOCUMENTS: dict[str, str | bytes] = {
    "a DOCTYPE": f"<!DOCTYPE x>{HONEST}",
    "a DOCTYPE in small letters": f"<!doctype x>{HONEST}",
    "an entity": f'<!DOCTYPE x [<!ENTITY who "{ENTITY}">]>{about_issuer("&who;")}',
    "a file": f'<!DOCTYPE x [<!ENTITY who SYSTEM "file:///etc/passwd">]>{about_issuer("&who;")}',
    "an address": f'<!DOCTYPE x [<!ENTITY who SYSTEM "http://127.0.0.1:9/">]>{about_issuer("&who;")}',
    "a parameter entity": f'<!DOCTYPE x [<!ENTITY % out SYSTEM "http://127.0.0.1:9/"> %out;]>{HONEST}',
    "a billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>{about_issuer("&l8;")}',
    "an entity that is not declared": about_issuer(f"{ENTITY}&who;"),
    "XInclude": request(more=INCLUDED),
    "XSLT": request(more=STYLED),
    "a style sheet": f'<?xml-stylesheet href="evil.xsl"?>{HONEST}',
    "a processing instruction": request(more="<?evil do?>"),
    "a processing instruction before": f"<?evil do?>{HONEST}",
    "a comment in the issuer": about_issuer(ENTITY.replace("saml", "<!---->saml")),
    "a comment that ends the issuer": about_issuer(f"{ENTITY}<!---->.evil.example"),
    "a comment after": f"{HONEST}<!-- -->",
    "an element in the issuer": about_issuer(f"{ENTITY}<x/>"),
    "the same ID twice": request(id="_twice", more='<samlp:Extensions ID="_twice"/>'),
    "the same ID in other letters": request(id="_twice", more='<samlp:Extensions id="_twice"/>'),
    "the same ID by xml:id": request(id="_twice", more='<samlp:Extensions xml:id="_twice"/>'),
    "a deep document": request(more="<a>" * 60 + "</a>" * 60),
    "a very deep document": request(more="<a>" * 5000 + "</a>" * 5000),
    "a wide document": request(more="<a/>" * 3000),
    "a huge document": request(more=f"<a>{'x' * xml.LARGEST_MESSAGE}</a>"),
    "two roots": HONEST + HONEST,
    "nothing": "",
    "no XML": "{}",
    "another message": HONEST.replace("AuthnRequest", "Response"),
    "another namespace": HONEST.replace(names.PROTOCOL, "urn:evil"),
    "another version": HONEST.replace('Version="2.0"', 'Version="1.1"'),
    "no identifier": HONEST.replace('ID="_honest"', ""),
    "a long identifier": request(id="_" + "a" * 300),
    "UTF-16": HONEST.encode("utf-16"),
    "UTF-16, declared": f'<?xml version="1.0" encoding="UTF-16"?>{HONEST}'.encode("utf-16"),
    "UTF-32": HONEST.encode("utf-32"),
    "UTF-7": f'<?xml version="1.0" encoding="UTF-7"?>{HONEST}'.encode("utf-7"),
    "UTF-7 that hides": f'<?xml version="1.0" encoding="UTF-7"?>{HONEST}'.replace("<s", "+ADw-s"),
    "UTF-7 that hides a DOCTYPE": f'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x+AD4-{HONEST}',
    "ISO-8859-1": f'<?xml version="1.0" encoding="ISO-8859-1"?>{HONEST}',
    "EBCDIC": f'<?xml version="1.0" encoding="cp037"?>{HONEST}'.encode("cp037"),
    "bytes that are not UTF-8": HONEST.encode().replace(b"</saml:Issuer>", b"\xff</saml:Issuer>"),
    "a NUL": HONEST.encode() + b"\x00",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_by_a_form_it_is_refused_and_leaves_no_trace(site: Peer, name: str) -> None:
    before = traces()
    assert refused(posted(DOCUMENTS[name]))
    assert traces() == before


@pytest.mark.parametrize("name", DOCUMENTS)
def test_by_an_address_it_is_refused_and_leaves_no_trace(site: Peer, name: str) -> None:
    before, given = traces(), DOCUMENTS[name]
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = engine.compress(given.encode() if isinstance(given, str) else given) + engine.flush()
    assert refused(site.browser.get(f"/saml/sso?SAMLRequest={quote_plus(base64.b64encode(content).decode())}"))
    assert traces() == before


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_logout_reads_it_either(site: Peer, name: str) -> None:
    answer_in(site.send())
    before, given = traces(), DOCUMENTS[name]
    assert refused(posted(given, to="/saml/slo"))
    assert refused(posted(given, to="/saml/slo", name="SAMLResponse"))
    text = given if isinstance(given, str) else given.decode("latin-1")
    envelope = f'<S:Envelope xmlns:S="{names.ENVELOPE}"><S:Body>{text}</S:Body></S:Envelope>'
    assert Browser().post("/saml/slo/soap", envelope.encode(), content_type="text/xml").status_code == 400
    assert traces() == before


def test_the_honest_ones_are_followed(site: Peer) -> None:
    """What makes the tests above able to fail."""
    for declaration in ("", '<?xml version="1.0" encoding="UTF-8"?>\n', "\ufeff"):
        assert answer_in(site.post(declaration + request())).statuses == [names.SUCCESS]


@pytest.mark.parametrize("name", ["a comment in the issuer", "a processing instruction", "the same ID twice"])
def test_a_signature_excuses_nothing(site: Peer, name: str) -> None:
    document = DOCUMENTS[name]
    assert isinstance(document, str)
    assert refused(posted(signed(document)))


BOMB = zlib.compress(b"<a>" + b" " * 50_000_000, 9)[2:-4]
CARRIED = {
    "a bomb": base64.b64encode(BOMB).decode(),
    "a message with another after it": base64.b64encode(base64.b64decode(deflated(HONEST)) + b"more").decode(),
    "half a message": base64.b64encode(base64.b64decode(deflated(HONEST))[:-10]).decode(),
    "a message that is not deflated": encoded(HONEST),
    "a message with zlib's own header": base64.b64encode(zlib.compress(HONEST.encode())).decode(),
    "base64 with other signs": deflated(HONEST) + "!",
    "base64 for addresses": deflated(HONEST).replace("/", "_").replace("+", "-") + "-_",
    "base64 cut": deflated(HONEST).rstrip("=")[:-1],
    "letters that are not ASCII": "é" * 40,
    "nothing": "",
    "more than is read": "A" * 200_000,
}


@pytest.mark.parametrize("name", CARRIED)
def test_what_an_address_carries_badly_is_refused(site: Peer, name: str) -> None:
    before = traces()
    assert refused(site.browser.get(f"/saml/sso?SAMLRequest={quote_plus(CARRIED[name])}"))
    assert refused(site.browser.get(f"/saml/slo?SAMLResponse={quote_plus(CARRIED[name])}"))
    assert traces() == before


def test_a_bomb_is_not_swallowed_whole() -> None:
    """Fifty million bytes in fifty thousand: inflating stops where a message may not go on."""
    from_bomb = zlib.decompressobj(-zlib.MAX_WBITS).decompress(BOMB, 100)
    assert len(from_bomb) == 100
    assert len(BOMB) < xml.LARGEST_MESSAGE


def test_an_envelope_holds_one_message(site: Peer) -> None:
    one = signed(request())
    bodies = {
        "two": f"<S:Body>{one}{signed(request())}</S:Body>",
        "none": "<S:Body/>",
        "two bodies": f"<S:Body>{one}</S:Body><S:Body>{one}</S:Body>",
    }
    for body in bodies.values():
        envelope = f'<S:Envelope xmlns:S="{names.ENVELOPE}">{body}</S:Envelope>'
        assert Browser().post("/saml/slo/soap", envelope, content_type="text/xml").status_code == 400


def test_metadata_may_hold_comments_but_nothing_worse() -> None:
    assert xml.parse(b"<a><!-- of its tool --><b/></a>", comments=True)[0].tag == "b"
    with pytest.raises(BadMessage):
        xml.parse(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', comments=True)


def test_what_a_refusal_shows_is_text(site: Peer) -> None:
    page = site.browser.get(f"/saml/sso?{address(request(issuer='&lt;script&gt;alert(1)&lt;/script&gt;'))}")
    assert b"<script>alert" not in page.content
    assert refused(page)


def test_the_keys_of_the_tests_are_not_ours() -> None:
    assert keys("site").certificate != keys("another").certificate
