"""Statements that only their application reads, by each cipher that it may list; xmlsec opens them (XML Encryption)."""

import pytest
from lxml import etree

from convergences.protocols.saml import names
from tests.cast import Cast
from tests.saml.serving import Peer, answer_in, define, keys, metadata

pytestmark = pytest.mark.database
GCM, CBC = "http://www.w3.org/2009/xmlenc11#aes{}-gcm", "http://www.w3.org/2001/04/xmlenc#aes{}-cbc"
LISTED = {
    "nothing": ([], GCM.format(256)),
    **{GCM.format(bits): ([GCM.format(bits)], GCM.format(bits)) for bits in (128, 192, 256)},
    **{CBC.format(bits): ([CBC.format(bits)], CBC.format(bits)) for bits in (128, 192, 256)},
    "the weaker first": ([CBC.format(256), GCM.format(128)], GCM.format(128)),
    "what nobody should": (["http://www.w3.org/2001/04/xmlenc#tripledes-cbc"], GCM.format(256)),
}


@pytest.mark.parametrize("name", LISTED)
def test_it_is_read_by_its_application_alone(site: Peer, cast: Cast, name: str) -> None:
    listed, chosen = LISTED[name]
    methods = "".join(f'<md:EncryptionMethod Algorithm="{one}"/>' for one in listed)
    head, middle, tail = metadata(encrypt=True).rpartition("</md:KeyDescriptor>")
    define(cast.cotisations, head + methods + middle + tail)
    response = site.send()
    answer = answer_in(response, private=keys().private)
    assert answer.attributes["mail"] == ["claire.nguyen@pantin.example"]
    assert b"claire" not in response.content
    found = answer_in(response).root.find(names.assertion("EncryptedAssertion"))
    assert found is not None
    assert f'Algorithm="{chosen}"'.encode() in etree.tostring(found)
