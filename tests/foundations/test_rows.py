"""Rows written by a statement composed once are those that Django's own models would write."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from convergences.admission.models import Visit
from convergences.authentication.services import sessions
from convergences.authentication.services.sessions import Browser
from convergences.catalog.models import Application, ApplicationRole
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from convergences.foundations.sql import rows
from tests.cast import Cast
from tests.oidc.relying import entitle

pytestmark = pytest.mark.database


def content(row: Model) -> dict[str, Any]:
    fields = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    return {name: getattr(row, name) for name in fields if name not in ("uid", "slug", "closed_at")}


def test_a_row_is_written_as_django_would(cast: Cast) -> None:
    usual = entitle(cast.claire, cast.bip, "reader", "manager")
    usual.closed_at = clock.now()
    usual.save()
    mine = Entitlement(**{**content(usual), "reason": "l’été 100 % « » %s"})
    assert rows.insert(mine) is mine
    assert not mine._state.adding
    assert mine.pk not in (None, usual.pk)
    assert content(Entitlement.objects.get(pk=mine.pk)) == content(mine)
    assert isinstance(Entitlement.objects.get(pk=mine.pk).uid, uuid.UUID)


def test_only_the_named_fields_are_written(cast: Cast) -> None:
    right = entitle(cast.claire, cast.bip)
    right.roles, right.reason, right.organization = ["manager"], "not to be kept", cast.romainville
    rows.update(right, "roles", "organization")
    kept = Entitlement.objects.get(pk=right.pk)
    assert (kept.roles, kept.reason, kept.organization) == (["manager"], "", cast.romainville)


def test_an_instant_is_kept_to_the_microsecond(cast: Cast) -> None:
    session, _token = sessions.open_session(cast.claire.agent, factors=["pwd"], browser=Browser("127.0.0.1", "x"))
    now = clock.now()
    visit = Visit(session=session, application=cast.bip, membership=cast.claire, entered_at=now, last_entered_at=now)
    rows.insert(visit)
    visit.last_entered_at = clock.now()
    rows.update(visit, "last_entered_at")
    kept = Visit.objects.get(pk=visit.pk)
    assert (kept.entered_at, kept.last_entered_at, kept.uid) == (now, visit.last_entered_at, visit.uid)


def test_the_database_still_refuses_what_breaks_its_rules(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(ApplicationRole(application=cast.bip, key="reader", name="Again"))
    assert not connection.needs_rollback
    assert Application.objects.filter(pk=cast.bip.pk).exists()
