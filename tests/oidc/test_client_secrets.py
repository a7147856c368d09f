"""A second secret while it replaces the first: when each was made, when it last served, which may go."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.protocols.oidc import queries
from convergences.protocols.oidc.errors import InvalidClientMetadata
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.services import clients
from tests.cast import Cast
from tests.oidc.relying import SECRET, Relying, define, encoded
from tests.oidc.test_cost import counted

pytestmark = pytest.mark.database
FORM = "application/x-www-form-urlencoded"
ANOTHER = "another secret, as long as need be"


def works(bip: Relying, secret: str) -> bool:
    headers = {"Authorization": bip.basic(secret)}
    response = Browser().post("/oauth/introspect", encoded({"token": "x"}), content_type=FORM, headers=headers)
    assert response.status_code in {200, 401}
    return bool(response.status_code == 200)


def kept() -> dict[str, clients.Kept]:
    return {each.handle: each for each in clients.secrets_of(Client.objects.get())}


def handle_of(secret: str) -> str:
    return digest(secret)[:12]


def test_a_secret_is_drawn_at_random_and_shown_once(bip: Relying) -> None:
    drawn = clients.add_secret(bip.client, actor=SYSTEM)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", drawn)
    assert clients.secrets_of(bip.client) == clients.secrets_of(Client.objects.get())
    assert works(bip, drawn)
    assert works(bip, SECRET)
    assert drawn not in repr(list(Client.objects.values())) + repr(list(AuditEvent.objects.values()))


def test_a_third_is_refused(bip: Relying) -> None:
    clients.add_secret(bip.client, actor=SYSTEM)
    with pytest.raises(InvalidClientMetadata) as refusal:
        clients.add_secret(bip.client, actor=SYSTEM)
    assert refusal.value.field == "client_secret"
    assert len(kept()) == 2


def test_what_another_engineer_did_meanwhile_counts(bip: Relying) -> None:
    stale = Client.objects.get()
    clients.add_secret(bip.client, actor=SYSTEM)
    with pytest.raises(InvalidClientMetadata):
        clients.add_secret(stale, actor=SYSTEM)


def test_the_former_goes_once_replaced_and_the_last_never(bip: Relying) -> None:
    drawn = clients.add_secret(bip.client, actor=SYSTEM)
    clients.remove_secret(bip.client, handle_of(SECRET), actor=SYSTEM)
    assert (works(bip, SECRET), works(bip, drawn)) == (False, True)
    with pytest.raises(InvalidClientMetadata) as refusal:
        clients.remove_secret(bip.client, handle_of(drawn), actor=SYSTEM)
    assert refusal.value.field == "client_secret"
    assert works(bip, drawn)


@pytest.mark.parametrize("handle", ["", "0", "0" * 12, "%", digest(SECRET), digest(SECRET)[:11], digest(SECRET)[:13]])
def test_only_its_whole_name_removes_a_secret(bip: Relying, handle: str) -> None:
    clients.add_secret(bip.client, actor=SYSTEM)
    with pytest.raises(InvalidClientMetadata):
        clients.remove_secret(bip.client, handle, actor=SYSTEM)
    assert len(kept()) == 2


@pytest.mark.parametrize("method", ["none", "private_key_jwt"])
def test_a_client_without_secret_receives_none(bip: Relying, method: str) -> None:
    Client.objects.update(token_endpoint_auth_method=method, secret_digests=[])
    with pytest.raises(InvalidClientMetadata):
        clients.add_secret(bip.client, actor=SYSTEM)
    assert Client.objects.get().secret_digests == []


def test_both_acts_are_told_without_the_secret(bip: Relying) -> None:
    clients.add_secret(bip.client, actor=SYSTEM)
    clients.remove_secret(bip.client, handle_of(SECRET), actor=SYSTEM)
    told = AuditEvent.objects.filter(action__startswith="oidc.secret").order_by("id")
    assert [event.action for event in told] == ["oidc.secret_added", "oidc.secret_removed"]
    assert {event.application for event in told} == {"bip"}
    assert digest(SECRET) not in repr(list(told.values()))


def test_the_days_are_those_of_each_secret(bip: Relying) -> None:
    first = clock.today()
    with time_machine.travel(clock.now() + dt.timedelta(days=3)):
        later = clock.today()
        drawn = clients.add_secret(bip.client, actor=SYSTEM)
        assert works(bip, drawn)
    assert kept() == {
        handle_of(SECRET): clients.Kept(handle_of(SECRET), since=first, served=None),
        handle_of(drawn): clients.Kept(handle_of(drawn), since=later, served=later),
    }


def test_a_description_keeps_the_days_of_what_stays(bip: Relying, cast: Cast) -> None:
    assert works(bip, SECRET)
    before = kept()[handle_of(SECRET)]
    with time_machine.travel(clock.now() + dt.timedelta(days=2)):
        define(cast.bip, client_secret=[SECRET, ANOTHER])
        assert kept()[handle_of(SECRET)] == before
        assert kept()[handle_of(ANOTHER)].since == clock.today()
        define(cast.bip, client_secret=ANOTHER)
    assert set(Client.objects.get().secret_days) == {digest(ANOTHER)}


def test_the_days_are_nothing_that_a_plan_shows(bip: Relying, cast: Cast) -> None:
    metadata = queries.metadata_of(Client.objects.get())
    defined = clients.define(cast.bip, {**metadata, "client_secret": ANOTHER}, actor=SYSTEM)
    assert defined.changed == ("secret_digests",)
    actions = AuditEvent.objects.filter(action__startswith="oidc.").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["oidc.client_created", "oidc.secret_changed"]


def test_a_day_is_written_once(bip: Relying) -> None:
    counts = []
    for days in (0, 0, 1, 1):
        with time_machine.travel(clock.now() + dt.timedelta(days=days)), CaptureQueriesContext(connection) as captured:
            assert works(bip, SECRET)
        counts.append(sum(sql.startswith("UPDATE") for sql in counted(captured)))
    assert counts == [1, 0, 1, 0]


def test_a_wrong_secret_writes_nothing(bip: Relying) -> None:
    before = Client.objects.values().get()
    assert not works(bip, "a wrong secret, as long as need be")
    assert Client.objects.values().get() == before


def test_a_secret_removed_meanwhile_does_not_come_back(bip: Relying) -> None:
    """Two processes: one authenticates by what it read before the other removed the secret."""
    drawn = clients.add_secret(bip.client, actor=SYSTEM)
    read_before = Client.objects.get()
    clients.remove_secret(bip.client, handle_of(SECRET), actor=SYSTEM)
    clients.note_served(read_before, digest(SECRET))
    assert set(Client.objects.get().secret_days) == {digest(drawn)}
    assert not works(bip, SECRET)


def test_a_client_of_before_has_no_day_until_it_serves(bip: Relying) -> None:
    Client.objects.update(secret_days={})
    assert kept()[handle_of(SECRET)] == clients.Kept(handle_of(SECRET), since=None, served=None)
    assert works(bip, SECRET)
    assert kept()[handle_of(SECRET)] == clients.Kept(handle_of(SECRET), since=None, served=clock.today())
