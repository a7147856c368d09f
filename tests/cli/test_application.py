"""`convergences application`: secrets and allowances, each shown once."""

import datetime as dt

import pytest

from convergences.audit.models import AuditEvent
from convergences.catalog.models import Application
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.foundations.sealing import digest
from convergences.protocols.oidc.models import Client, RegistrationToken
from tests.cast import Cast
from tests.cli.commands import run, told
from tests.oidc.registering import HONEST, post
from tests.oidc.registering import told as answer_of
from tests.oidc.relying import SECRET, define

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def by_openid_connect(cast: Cast) -> None:
    Application.objects.filter(slug="bip").update(protocol="oidc")


def test_the_catalogue_is_listed_with_what_is_connected(cast: Cast) -> None:
    assert {each["slug"]: each["connected"] for each in told("application", "list")} == {
        "bip": False,
        "net-cotisations": False,
    }
    assert "à raccorder" in run("application", "list").stdout
    define(cast.bip)
    assert "raccordée" in run("application", "list").stdout
    assert [each["slug"] for each in told("application", "list") if each["connected"]] == ["bip"]


def test_an_application_is_shown_without_any_secret(cast: Cast) -> None:
    define(cast.bip)
    shown = told("application", "show", "bip")
    assert (shown["client"]["client_id"], shown["secrets"][0]["handle"]) == ("bip", digest(SECRET)[:12])
    for output in (run("application", "show", "bip").stdout, str(shown)):
        assert SECRET not in output
        assert digest(SECRET) not in output


def test_an_application_that_is_unknown_is_said_so(cast: Cast) -> None:
    for arguments in (("show",), ("registration-token",), ("rotate-secret",)):
        with pytest.raises(Refusal, match="n’existe pas"):
            run("application", *arguments, "nothing")


def test_a_token_is_given_and_lets_the_application_register_once(cast: Cast) -> None:
    given = told("application", "registration-token", "bip", "--hours", "2")
    left = RegistrationToken.objects.get().expires_at - clock.now()
    assert dt.timedelta(hours=1, minutes=59) < left <= dt.timedelta(hours=2)
    assert told("application", "show", "bip")["registration_allowed_until"] is not None
    assert given["token"] not in str(told("application", "show", "bip"))
    answer_of(post(given["token"], HONEST), 201)
    shown = told("application", "show", "bip")
    assert (shown["describes_itself"], shown["registration_allowed_until"]) == (True, None)
    assert "modifie elle-même" in run("application", "show", "bip").stdout
    event = AuditEvent.objects.get(action="oidc.registration_allowed")
    assert event.actor_label.startswith("Exploitation")


def test_the_token_alone_is_on_the_last_line(cast: Cast) -> None:
    *_sentences, token = run("application", "registration-token", "bip").stdout.splitlines()
    assert RegistrationToken.objects.get().digest == digest(token)


def test_what_was_allowed_is_taken_back(cast: Cast) -> None:
    token = told("application", "registration-token", "bip")["token"]
    assert told("application", "registration-token", "bip", "--revoke")["revoked"] is True
    assert told("application", "registration-token", "bip", "--revoke")["revoked"] is False
    assert post(token, HONEST).status_code == 401


def test_nothing_is_allowed_for_ever_nor_to_another_protocol(cast: Cast) -> None:
    assert run("application", "registration-token", "bip", "--hours", "721").exit_code == 2
    assert run("application", "registration-token", "bip", "--hours", "0").exit_code == 2
    with pytest.raises(Refusal, match="OpenID Connect"):
        run("application", "registration-token", "net-cotisations")


def test_a_secret_is_replaced_in_two_steps(cast: Cast) -> None:
    define(cast.bip)
    made = told("application", "rotate-secret", "bip")
    assert set(Client.objects.get().secret_digests) == {digest(SECRET), digest(made["secret"])}
    assert made["former"] == [digest(SECRET)[:12]]
    told("application", "remove-secret", "bip", made["former"][0])
    assert Client.objects.get().secret_digests == [digest(made["secret"])]
    with pytest.raises(Refusal, match="seul secret"):
        run("application", "remove-secret", "bip", digest(made["secret"])[:12])
    assert made["secret"] not in "".join(str(details) for details in AuditEvent.objects.values_list("details"))


def test_an_application_without_a_client_has_no_secret(cast: Cast) -> None:
    with pytest.raises(Refusal, match="n’est pas raccordée"):
        run("application", "rotate-secret", "bip")
