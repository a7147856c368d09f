"""Creating never overwrites; changing touches the fields that are named, as the application is now."""

import pytest

from convergences.audit.models import AuditEvent
from convergences.catalog import queries
from convergences.catalog.errors import SlugTaken
from convergences.catalog.services import applications
from convergences.catalog.sheet import ApplicationDetails
from convergences.directory.errors import ForTheCentre
from tests.cast import Cast
from tests.catalog.test_define_application import details
from tests.directory.acting import OPERATOR, actor

pytestmark = pytest.mark.database


def test_a_handle_that_is_taken_is_refused_and_nothing_is_written(cast: Cast) -> None:
    before, events = ApplicationDetails.of(queries.by_slug("bip")), AuditEvent.objects.count()
    with pytest.raises(SlugTaken) as refused:
        applications.create(details(slug="bip", url="https://evil.example/"), actor=OPERATOR)
    assert refused.value.field == "slug"
    assert ApplicationDetails.of(queries.by_slug("bip")) == before
    assert AuditEvent.objects.count() == events


def test_the_details_of_an_application_define_it_as_it_is(cast: Cast) -> None:
    made = applications.create(details(), actor=OPERATOR)
    assert applications.define(ApplicationDetails.of(made), actor=OPERATOR).fields == ()


def test_a_change_leaves_what_somebody_else_changed_meanwhile(cast: Cast) -> None:
    as_shown = queries.by_slug("bip")
    applications.change(as_shown, actor=OPERATOR, tagline="Nouvelle phrase")
    assert applications.change(as_shown, actor=OPERATOR, status="closed").fields == ("status",)
    now = queries.by_slug("bip")
    assert (now.tagline, now.status) == ("Nouvelle phrase", "closed")


@pytest.mark.parametrize("who", ["nadia", "claire", "julien"])
def test_nobody_but_engineers_creates_or_changes(cast: Cast, who: str) -> None:
    someone = actor(getattr(cast, who))
    with pytest.raises(ForTheCentre):
        applications.create(details(), actor=someone)
    with pytest.raises(ForTheCentre):
        applications.change(cast.bip, actor=someone, status="closed")
