"""The exported file says what the database holds, without secrets; applying it changes nothing."""

import io
from pathlib import Path

import pytest
from django.db import transaction

from convergences.authentication.models import Password
from convergences.cli.declarative.exporting import write
from convergences.directory.models import Membership
from convergences.directory.services import memberships
from convergences.protocols.oidc.models import Client
from tests.apply.files import APPLICATIONS, OPERATOR, PASSWORD, SECRET, WHOLE, bring
from tests.cast import Cast
from tests.oidc.publishing import replace_the_web

pytestmark = pytest.mark.database

CONTRACT = """\
subscriptions:
  - {organization: pantin, application: bip, seats: 3, from: 2026-01-01, until: 2100-01-01}
"""


def exported() -> str:
    """Return the database as a file."""
    output = io.StringIO()
    write(output)
    return output.getvalue()


OPENINGS = "    openings: [{organization: pantin, opens_on: 2026-02-03, wave: Première}]\n"
PILOTS = "    pilots: [nadia.ferhat@pantin.example]\n"
INSTALLATION = WHOLE.replace("    oidc:", OPENINGS + PILOTS + "    oidc:") + CONTRACT


@pytest.fixture
def installed(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small installation."""
    monkeypatch.setenv("BIP_SECRET", SECRET)
    bring(tmp_path, INSTALLATION)


@pytest.mark.usefixtures("installed")
def test_applying_what_was_exported_changes_nothing(tmp_path: Path) -> None:
    assert bring(tmp_path, exported()).changes == []


@pytest.mark.django_db
def test_an_empty_database_filled_with_it_exports_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIP_SECRET", SECRET)
    with transaction.atomic():
        bring(tmp_path, INSTALLATION)
        before = exported()
        transaction.set_rollback(True)
    secret = f"      client_secret: {SECRET}\n      redirect_uris:"
    bring(tmp_path, before.replace("      redirect_uris:", secret))
    assert exported() == before


@pytest.mark.usefixtures("installed")
def test_no_secret_and_no_digest_is_exported() -> None:
    text = exported()
    hidden = [SECRET, PASSWORD, Password.objects.get().hash, *Client.objects.get().secret_digests]
    assert not [secret for secret in hidden if secret in text]


def test_the_cast_of_the_tests_survives_the_journey(cast: Cast, tmp_path: Path) -> None:
    memberships.suspend(cast.claire, reason="congé", actor=OPERATOR)
    assert bring(tmp_path, exported()).changes == []
    assert "state: suspended" in exported()


def test_an_application_that_is_to_describe_itself_survives_the_journey(db: None, tmp_path: Path) -> None:
    waiting = APPLICATIONS.partition("    oidc:")[0].replace("bip", "chorale") + "    oidc: {}\n"
    bring(tmp_path, waiting)
    assert not Client.objects.filter(application__slug="chorale").exists()
    assert bring(tmp_path, exported()).changes == []
    assert bring(tmp_path, waiting).changes == []


def test_deleted_accounts_and_unanswered_attachments_are_left_out(cast: Cast) -> None:
    memberships.close(cast.claire, actor=OPERATOR)
    Membership.objects.filter(pk=cast.lucie.pk).update(confirmed_at=None)
    text = exported()
    assert "claire.nguyen" not in text
    assert "lucie" not in text
    assert "nadia.ferhat" in text


SETTINGS = """\
      backchannel_logout_uri: https://bip.example/out
      grant_types: [authorization_code, refresh_token, client_credentials]
      scope: openid email offline_access payroll.read
      id_token_signed_response_alg: RS256
      userinfo_signed_response_alg: ES256
      dpop_bound_access_tokens: true
      require_pushed_authorization_requests: true
      subject_type: pairwise
      sector_identifier_uri: https://bip.example/sector
      access_token_signed_response_alg: EdDSA
      jwks_uri: https://bip.example/keys
"""


@pytest.mark.django_db
def test_every_setting_of_a_client_survives_the_journey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIP_SECRET", SECRET)
    place = "https://bip.example/requests/one"
    web = replace_the_web(monkeypatch)
    web.pages["https://bip.example/sector"] = ["https://bip.example/callback"]
    bring(
        tmp_path,
        WHOLE.replace("      client_secret:", f"{SETTINGS}      request_uris: [{place}]\n      client_secret:"),
    )
    text = exported()
    assert [line for line in SETTINGS.splitlines() if line not in text] == []
    assert place in text
    web.pages.clear()
    assert bring(tmp_path, text).changes == []


@pytest.mark.django_db
def test_a_setting_is_emptied_by_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIP_SECRET", SECRET)
    replace_the_web(monkeypatch)
    key = "      client_secret:"
    bring(tmp_path, WHOLE.replace(key, f"      jwks_uri: https://bip.example/keys\n{key}"))
    for nothing in ("null", '""'):
        bring(tmp_path, WHOLE.replace(key, f"      jwks_uri: {nothing}\n{key}"))
        assert Client.objects.get().jwks_uri == ""


@pytest.mark.parametrize("said", ["true", "false"])
@pytest.mark.usefixtures("installed")
def test_whether_an_application_trusts_devices_is_told_and_taken_back(tmp_path: Path, said: str) -> None:
    written = exported()
    assert "remembers_devices: true" in written
    changed = written.replace("remembers_devices: true", f"remembers_devices: {said}")
    bring(tmp_path, changed)
    assert exported() == changed
