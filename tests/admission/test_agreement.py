"""Whatever the sequence of rights, suspensions, closings and dates, every door answers as DOMAIN's sentence does."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis.extra.django import TestCase

from convergences.admission import services as admission
from convergences.admission.decisions import Enter, StepUp
from convergences.admission.models import Visit
from convergences.admission.queries import preview_tiles, tiles, visits_to_end
from convergences.admission.tiles import TileState
from convergences.directory.models import Membership
from tests.admission.world import STEPS, Step, World, assurance, within_seats
from tests.draws import drawn

SHOWN = {TileState.OPEN, TileState.STEP_UP}
# What must be tried whatever chance brings: each thing that cuts, alone, and the boundaries of days.
ALWAYS = [
    [],
    [Step("set_agent_state", n=3)],
    [Step("suspend")],
    [Step("confirm")],
    [Step("date_membership", n=5)],
    [Step("date_membership", n=1)],
    [Step("leave_employer", n=1), Step("grant", who=4)],
    [Step("deactivate")],
    [Step("set_affiliations", n=0)],
    [Step("unsubscribe", what=1, n=0)],
    [Step("subscribe", n=2), Step("wait", n=3)],
    [Step("open_on", who=1, n=4)],
    [Step("set_status", n=3), Step("pilot", who=1)],
    [Step("set_status", n=5)],
    [Step("revoke")],
    [Step("change", n=1)],
    [Step("change", n=1), Step("wait")],
    [Step("change", n=1), Step("wait"), Step("wait")],
    [Step("strengthen"), Step("sign_in_again", n=0)],
    [Step("sign_in_again", n=0), Step("enter"), Step("strengthen")],
    [Step("end_session", n=1)],
    [Step("sign_in_on_a_device"), Step("enter", what=2)],
    [Step("sign_in_on_a_device"), Step("enter", what=2), Step("end_device")],
    [Step("sign_in_on_a_device"), Step("enter", what=2), Step("distrust_devices", what=2)],
]


def always(test: Callable[..., None]) -> Callable[..., None]:
    """Give Hypothesis these examples before its own."""
    for steps in ALWAYS:
        test = example(steps=steps)(test)
    return test


def assert_decide_agrees(world: World) -> None:
    """`decide` says `Enter` where the oracle does, `StepUp` where only the session is too weak."""
    for agent in world.agents:
        session = world.sessions[agent.pk]
        for application in world.applications:
            for employer in world.organizations:
                said = admission.decide(agent, application, employer, now=world.now, assurance=assurance(session))
                may = world.may_enter(agent, application, employer)
                strong = world.is_strong(session, application)
                assert isinstance(said, Enter) == (may and strong), said
                assert isinstance(said, StepUp) == (may and not strong), said


def assert_tiles_agree(world: World) -> None:
    """A tile opens if and only if some employer may enter; it is there for those employers and no other."""
    for agent in world.agents:
        session = assurance(world.sessions[agent.pk])
        shown = {tile.application.pk: tile for tile in tiles(agent, world.now, assurance=session)}
        for application in world.applications:
            employers = {o.pk for o in world.organizations if world.may_enter(agent, application, o)}
            tile = shown.get(application.pk)
            opened = {m.organization_id for m in tile.memberships} if tile and tile.state in SHOWN else set()
            assert opened == employers
            if employers and tile:
                strong = world.is_strong(world.sessions[agent.pk], application)
                assert tile.state == (TileState.OPEN if strong else TileState.STEP_UP)


def assert_previews_agree(world: World) -> None:
    """What the référent is shown of an agent who has come is what that agent sees for this employer."""
    rows = Membership.objects.filter(closed_at=None, confirmed_at__isnull=False).exclude(agent__state="invited")
    for membership in rows.select_related("agent", "organization"):
        opened = {t.application.pk for t in preview_tiles(membership, world.now) if t.state in SHOWN}
        for application in world.applications:
            may = world.may_enter(membership.agent, application, membership.organization)
            assert (application.pk in opened) == may


def assert_visits_agree(world: World) -> None:
    """The visits to end are exactly the open ones that no longer stand, and `decide_for_visit` says so too."""
    ending = {end.visit_id for end in visits_to_end(world.now)}
    opened = Visit.objects.filter(end_requested_at=None).select_related("application")
    assert ending == {visit.pk for visit in opened if not world.visit_stands(visit)}
    for visit in opened:
        said = admission.decide_for_visit(visit, now=world.now)
        assert isinstance(said, Enter) == (visit.pk not in ending)


@pytest.mark.long
@pytest.mark.database
class Agreement(TestCase):
    """Hypothesis looks for the sequence that makes two doors disagree."""

    @given(steps=STEPS)
    @always
    @settings(max_examples=drawn(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_every_door_answers_as_the_one_decision(self, steps: list[Step]) -> None:
        world = World.build()
        world.play(steps)
        with world.travel():
            assert_decide_agrees(world)
            assert_tiles_agree(world)
            assert_previews_agree(world)
            assert_visits_agree(world)
            assert within_seats(world)
            admission.request_ends(world.now)
            assert list(visits_to_end(world.now)) == []
