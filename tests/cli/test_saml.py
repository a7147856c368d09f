"""`convergences saml`, and what `doctor` and `key reseal` say of SAML."""

import datetime as dt

import pytest
import time_machine

from convergences.audit.models import AuditEvent
from convergences.foundations import clock, heartbeats, keys
from convergences.protocols.saml import certificates
from convergences.protocols.saml.models import SigningCertificate
from tests.cli.commands import told

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def first_key() -> None:
    keys.ensure()
    heartbeats.beat()
    certificates.forget_cached()
    certificates.ensure()


def test_the_next_key_waits_and_is_journaled() -> None:
    value = told("saml", "rotate-key")
    assert value["certificate"].startswith("-----BEGIN CERTIFICATE-----")
    assert SigningCertificate.objects.count() == 2
    assert AuditEvent.objects.get(action="saml.key_rotated").details["fingerprint"] == value["fingerprint"]


def test_a_key_that_leaked_leaves_at_once() -> None:
    value = told("saml", "rotate-key", "--withdraw")
    assert SigningCertificate.objects.get().fingerprint == value["fingerprint"]
    assert AuditEvent.objects.filter(action="saml.key_withdrawn").exists()


def test_expiries_are_listed_and_the_doctor_names_them() -> None:
    assert told("saml", "expiries") == []
    assert _doctor()["succeeded"]
    with time_machine.travel(clock.now() + dt.timedelta(days=1070)):
        (expiry,) = told("saml", "expiries")
        assert expiry["what"] == "certificat du portail"
        assert "certificat du portail" in _doctor()["sentence"]
        assert not _doctor()["succeeded"]


def test_resealing_counts_the_key_of_saml() -> None:
    assert told("key", "reseal")["resealed"] == len(keys.all_keys()) + 1


def _doctor() -> dict[str, object]:
    certificates.forget_cached()
    (trial,) = [trial for trial in told("doctor") if trial["name"] == "SAML"]
    found: dict[str, object] = trial
    return found


def test_the_first_key_is_there_once_the_base_is_up_to_date_and_nobody_makes_another() -> None:
    SigningCertificate.objects.all().delete()
    certificates.forget_cached()
    told("migrate")
    assert SigningCertificate.objects.count() == 1
    told("migrate")
    assert SigningCertificate.objects.count() == 1
