"""The table line by line, for an engineer: the very answer of `decide`, and a line in the journal."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.admission import services as admission
from convergences.admission.decisions import Enter, Reason, Refuse, StepUp
from convergences.admission.models import Visit
from convergences.admission.services.examine import Examination
from convergences.audit.models import AuditEvent
from convergences.audit.services import Actor
from convergences.catalog.models import Application, Assurance
from convergences.directory.errors import ForTheCentre
from convergences.directory.models import Membership
from convergences.foundations import clock
from tests.admission.doing import ask, entitle
from tests.admission.test_decide import BREAKS, Break
from tests.cast import Cast, join

pytestmark = pytest.mark.database
ENGINEER = Actor(None, "Anne-Laure Petit")


def examined(member: Membership, application: Application) -> Examination:
    """Examine a membership as an engineer."""
    return admission.examine(member.agent, application, member.organization, actor=ENGINEER)


def test_looking_is_journaled_with_engineer_agent_and_application_and_opens_nothing(cast: Cast) -> None:
    entitle(cast.claire, cast.bip)
    examined(cast.claire, cast.bip)
    event = AuditEvent.objects.get(action="admission.access_tried")
    assert (event.actor_label, event.subject_id, event.application) == (
        "Anne-Laure Petit",
        cast.claire.agent_id,
        "bip",
    )
    assert event.organization_id == cast.pantin.pk
    assert not Visit.objects.exists()


def test_nobody_but_an_engineer_of_the_centre_may_look_whatever_the_door(cast: Cast) -> None:
    for who in (cast.nadia, cast.claire, cast.julien):
        actor = Actor(who.agent_id, "somebody")
        with pytest.raises(ForTheCentre):
            admission.examine(cast.claire.agent, cast.bip, cast.pantin, actor=actor)
    assert not AuditEvent.objects.filter(action="admission.access_tried").exists()


def test_an_employer_whose_attachment_is_not_accepted_reads_nothing_of_it(cast: Cast) -> None:
    waiting = join(
        cast.claire.agent, cast.romainville, confirmed_at=None, shown_given_name="C.", shown_family_name="N."
    )
    examined(waiting, cast.bip)
    assert AuditEvent.objects.get(action="admission.access_tried").organization_id is None


def test_an_agent_who_enters_passes_every_line_in_the_order_of_the_table(cast: Cast) -> None:
    entitle(cast.claire, cast.bip, "reader")
    found = examined(cast.claire, cast.bip)
    assert [line.reason for line in found.lines] == list(Reason)
    assert all(line.holds for line in found.lines)
    assert isinstance(found.entry, Enter)
    assert (found.entry.roles, found.stopped_by) == (("reader",), None)


@pytest.mark.parametrize("broken", [one for breaks in BREAKS.values() for one in breaks])
def test_the_first_line_that_fails_is_the_one_that_decide_tells(cast: Cast, broken: Break) -> None:
    entitle(cast.claire, cast.bip)
    broken(cast)
    found, said = examined(cast.claire, cast.bip), ask(cast.claire, cast.bip)
    assert isinstance(said, Refuse)
    assert isinstance(found.decision, Refuse)
    assert (found.decision.reason, found.decision.sentence) == (said.reason, said.sentence)
    assert next(line.reason for line in found.lines if line.holds is False) == said.reason
    assert found.entry is None


def test_a_stronger_application_says_what_comes_after_the_second_step(cast: Cast) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(assurance=Assurance.SECOND_FACTOR)
    entitle(cast.claire, cast.bip, "manager")
    found = examined(cast.claire, cast.bip)
    assert isinstance(found.decision, StepUp)
    assert found.stopped_by == Reason.STRONGER_AUTHENTICATION
    assert [line.reason for line in found.lines if not line.holds] == [Reason.STRONGER_AUTHENTICATION]
    assert found.entry is not None
    assert found.entry.roles == ("manager",)


def test_an_agent_without_employer_is_asked_nothing_of_an_employer(cast: Cast) -> None:
    Membership.objects.filter(pk=cast.claire.pk).update(closed_at=clock.now())
    found = admission.examine(cast.claire.agent, cast.bip, None, actor=ENGINEER)
    assert found.stopped_by == Reason.MEMBERSHIP_OVER
    unknown = [line.reason for line in found.lines if line.holds is None]
    assert unknown == [Reason.ORGANIZATION_INACTIVE, Reason.NOT_SUBSCRIBED, Reason.NO_SEAT, Reason.NOT_OPEN_YET]


def test_the_number_of_queries_does_not_grow_with_employers_and_rights(cast: Cast) -> None:
    entitle(cast.claire, cast.bip)
    examined(cast.claire, cast.bip)
    counts = []
    for application in (cast.bip, cast.cotisations):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            examined(cast.claire, cast.bip)
        counts.append(len(queries))
        entitle(join(cast.claire.agent, cast.romainville if application == cast.bip else cast.center), cast.bip)
    assert counts[0] == counts[1] <= 6
