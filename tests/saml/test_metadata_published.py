"""What the portal publishes of itself (Metadata, section 2.4.3)."""

import pytest
from django.test import Client as Browser
from lxml import etree

from convergences.protocols.saml import certificates, names

pytestmark = pytest.mark.database


def test_the_very_first_document_shows_the_key_that_signs_it(db: None) -> None:
    """Applications keep what they read: without a key they could check no answer."""
    certificates.forget_cached()
    assert certificates.published() == []
    root = etree.fromstring(Browser().get("/saml/metadata").content)
    role = root.find(names.metadata("IDPSSODescriptor"))
    assert role is not None
    shown = [one.text for one in role.iter(names.signature("X509Certificate"))]
    assert shown == [certificates.signer().bare]
