"""The key that signs: shown before and after it does, changed without a gap, taken away at once when it leaked."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Browser
from django.test import override_settings
from lxml import etree

from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.foundations import clock
from convergences.protocols.saml import certificates, expiries, names
from convergences.protocols.saml.models import SigningCertificate
from convergences.protocols.saml.services import signing_key
from tests.cast import Cast
from tests.saml.serving import ENTITY, SLO, SSO, Peer, answer_in, checked, define, keys, metadata
from tests.saml.signing import descriptor

pytestmark = pytest.mark.database
MONTH = dt.timedelta(days=30)


def published() -> etree._Element:
    """Return our metadata, its signature checked by xmlsec."""
    answer = Browser().get("/saml/metadata")
    assert answer["Content-Type"] == "application/samlmetadata+xml"
    root = etree.fromstring(answer.content)
    checked(root)
    return root


def shown() -> set[str]:
    certificates.forget_cached()
    return {
        str(one.text) for one in published().iterfind(f".//{names.metadata('KeyDescriptor')}//{{*}}X509Certificate")
    }


def test_our_metadata_is_signed_and_says_where_to_come(site: Peer) -> None:
    """Metadata, 2.4.3."""
    root = published()
    role = root.find(names.metadata("IDPSSODescriptor"))
    assert role is not None
    ends = {(str(one.get("Binding")).rpartition(":")[2], one.get("Location")) for one in role if one.get("Location")}
    assert ends == {
        ("HTTP-Redirect", SSO), ("HTTP-POST", SSO), ("HTTP-Redirect", SLO), ("HTTP-POST", SLO), ("SOAP", f"{SLO}/soap"),
    }  # fmt: skip
    assert root.get("entityID") == "http://testserver/saml/metadata"
    until = dt.datetime.fromisoformat(str(root.get("validUntil")))
    assert dt.timedelta(days=6) < until - clock.now() <= dt.timedelta(days=7)


def test_during_a_rollover_both_are_shown_and_one_signs(site: Peer) -> None:
    first = certificates.signer()
    following = signing_key.renew(actor=SYSTEM)
    assert shown() == {first.bare, certificates.bare(following.certificate)}
    assert certificates.signer().certificate == first.certificate
    with time_machine.travel(clock.now() + MONTH + dt.timedelta(hours=1)):
        assert len(shown()) == 2
        assert certificates.signer().certificate == following.certificate
    with time_machine.travel(clock.now() + 2 * MONTH + dt.timedelta(hours=1)):
        assert shown() == {certificates.bare(following.certificate)}


def test_answers_are_signed_by_the_next_key_in_its_time(site: Peer) -> None:
    answer_in(site.send())
    following = signing_key.renew(overlap=dt.timedelta(0), actor=SYSTEM)
    answer = answer_in(site.send())  # checked by the certificate that signs now
    assert certificates.signer().certificate == following.certificate
    assert answer.statuses == [names.SUCCESS]


def test_asked_twice_one_key_waits(site: Peer) -> None:
    certificates.signer()
    first = signing_key.renew(actor=SYSTEM)
    sooner = signing_key.renew(overlap=dt.timedelta(days=2), actor=SYSTEM)
    assert (first.pk, SigningCertificate.objects.count()) == (sooner.pk, 2)
    assert sooner.signs_from < first.signs_from


def test_one_that_leaked_is_shown_no_more(site: Peer) -> None:
    certificates.signer()
    signing_key.renew(actor=SYSTEM)
    only = signing_key.withdraw(actor=SYSTEM)
    assert shown() == {certificates.bare(only.certificate)}
    assert certificates.signer().certificate == only.certificate
    words = AuditEvent.objects.filter(action__startswith="saml.key").order_by("pk").values_list("action", flat=True)
    assert list(words) == ["saml.key_rotated", "saml.key_withdrawn"]


def test_nothing_of_the_private_key_is_kept_in_clear(site: Peer) -> None:
    certificates.signer()
    row = SigningCertificate.objects.get()
    assert "PRIVATE" not in row.sealed_private_key
    assert certificates.signer().key.key_size == 3072
    assert not AuditEvent.objects.filter(details__icontains="PRIVATE").exists()


def test_it_is_sealed_again_under_a_new_secret(site: Peer) -> None:
    certificates.signer()
    old = "another secret of more than 32 characters"
    with override_settings(SECRET_KEY=old, SECRET_KEY_FALLBACKS=["x" * 40]):
        assert not certificates.opens(SigningCertificate.objects.get())
    assert certificates.reseal() == 1
    assert certificates.opens(SigningCertificate.objects.get())


def test_what_expires_is_said_thirty_days_before(site: Peer, cast: Cast) -> None:
    certificates.signer()
    assert expiries.soon() == []
    until = clock.now() + dt.timedelta(days=20)
    define(cast.cotisations, metadata(about=f'validUntil="{until:%Y-%m-%dT%H:%M:%SZ}"'))
    assert [(one.application, one.what) for one in expiries.soon()] == [("net-cotisations", "description")]
    with time_machine.travel(clock.now() + dt.timedelta(days=880)):
        assert {one.what for one in expiries.soon()} == {"description", "certificat de signature"}
    with time_machine.travel(clock.now() + dt.timedelta(days=1070)):
        assert "certificat du portail" in {one.what for one in expiries.soon()}


def test_statements_are_encrypted_by_the_first_key_that_is_not_expired(site: Peer, cast: Cast) -> None:
    """The application's own rollover: it publishes both, and one of them is over."""
    two = metadata(encrypt=True, keys=keys("old", lasts=-1)).replace(
        "<md:AssertionConsumerService", f"{descriptor(keys('new'), 'encryption')}<md:AssertionConsumerService"
    )
    define(cast.cotisations, two)
    answer = answer_in(site.send(), private=keys("new").private)
    assert answer.attributes["mail"] == ["claire.nguyen@pantin.example"]
    assert answer.assertion.findtext(f".//{names.assertion('Audience')}") == ENTITY
