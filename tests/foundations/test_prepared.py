"""A question that is composed once answers as the queryset it was composed of."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import JSONField, QuerySet
from django.test.utils import CaptureQueriesContext

from convergences.directory.models import Membership, Photo
from convergences.foundations import clock
from convergences.foundations.sql.prepared import Prepared, given
from tests.cast import Cast

pytestmark = pytest.mark.database


def composed() -> "QuerySet[Membership]":
    rows = Membership.objects.select_related("agent", "agent__photo", "organization__parent")
    return rows.filter(agent__email=given("email"), created_at__lte=given("now"))


def values(member: Membership) -> dict[str, object]:
    """Return all that was read of a membership and of what it leads to."""
    rows = {"membership": member, "agent": member.agent, "organization": member.organization}
    fields = {
        f"{name}.{field.attname}": getattr(row, field.attname)
        for name, row in rows.items()
        for field in row._meta.concrete_fields
    }
    return {**fields, "photo": getattr(member.agent, "photo", None), "parent": member.organization.parent}


def test_it_gives_the_objects_of_the_queryset_in_one_question(cast: Cast) -> None:
    Photo.objects.create(agent=cast.claire.agent, file="photos/x.webp", updated_at=clock.now())
    cast.pantin.parent = cast.center
    cast.pantin.save()
    found = Prepared(composed)
    for member in (cast.claire, cast.karim, cast.claire):
        with CaptureQueriesContext(connection) as captured:
            same = found.first(email=member.agent.email, now=clock.now())
            assert same is not None
            read = values(same)
        assert len(captured) == 1
        usual = Membership.objects.select_related("agent__photo", "organization__parent").get(pk=member.pk)
        assert read == values(usual)


def test_each_asking_has_its_own_values(cast: Cast) -> None:
    found = Prepared(composed)
    assert found.first(email="nobody@pantin.example", now=clock.now()) is None
    assert found.first(email=cast.claire.agent.email, now=clock.now()) == cast.claire
    assert found.first(email=cast.claire.agent.email, now=clock.now() - dt.timedelta(days=1)) is None
    assert found.first(email=cast.karim.agent.email, now=clock.now()) == cast.karim


@pytest.mark.parametrize("email", ["' OR 1=1 --", "%s", "%", '"', "é"])
def test_a_value_is_never_part_of_the_statement(cast: Cast, email: str) -> None:
    assert Prepared(composed).all(email=email, now=clock.now()) == []


def test_a_value_that_is_not_given_is_an_error_not_an_answer(cast: Cast) -> None:
    with pytest.raises(KeyError):
        Prepared(composed).first(email=cast.claire.agent.email)


def test_no_column_reads_its_json_in_a_manner_of_its_own() -> None:
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    assert [field for field in fields if isinstance(field, JSONField) and field.decoder] == []
