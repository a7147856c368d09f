"""A référent reaches their own organizations, and no sign tells that others exist."""

import re

import pytest

from convergences.directory.models import Profile
from convergences.foundations import clock
from tests.cast import Cast, join, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("probes")]
MASKED = re.compile(rb'value="\w{64}"')  # the form token, masked anew in each page


def test_a_referent_of_another_town_is_told_the_same_as_for_a_town_that_does_not_exist(cast: Cast) -> None:
    karim = signed_in(cast.karim.agent)
    foreign, absent = karim.get("/probe/team/pantin"), karim.get("/probe/team/nowhere")
    assert foreign.status_code == absent.status_code == 404
    assert MASKED.sub(b"", foreign.content) == MASKED.sub(b"", absent.content)


def test_an_agent_who_is_not_a_referent_is_refused(cast: Cast) -> None:
    assert signed_in(cast.claire.agent).get("/probe/team/pantin").status_code == 404


@pytest.mark.parametrize("field", ["closed_at", "suspended_at"])
def test_a_referent_whose_membership_is_over_is_refused_at_the_next_request(cast: Cast, field: str) -> None:
    nadia = signed_in(cast.nadia.agent)
    assert nadia.get("/probe/team/pantin").content == b"pantin"
    setattr(cast.nadia, field, clock.now())
    cast.nadia.save()
    assert nadia.get("/probe/team/pantin").status_code == 404


def test_a_referent_who_has_not_accepted_the_attachment_is_refused(cast: Cast) -> None:
    join(cast.karim.agent, cast.pantin, profile=Profile.REFERENT, confirmed_at=None)
    assert signed_in(cast.karim.agent).get("/probe/team/pantin").status_code == 404


def test_a_referent_of_two_organizations_reaches_both(cast: Cast) -> None:
    join(cast.nadia.agent, cast.romainville, profile=Profile.REFERENT)
    nadia = signed_in(cast.nadia.agent)
    assert [nadia.get(f"/probe/team/{key}").content for key in ("pantin", "romainville")] == [b"pantin", b"romainville"]
