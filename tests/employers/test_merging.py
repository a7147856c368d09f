"""A fusion: agents go on with one account, rights only where a subscription allows, nobody becomes référent by it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.admission import queries as admission
from convergences.admission import services as decisions
from convergences.admission.decisions import Enter
from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.authentication.models import Session
from convergences.campaigns.models import Designation, Invitation, Mandate
from convergences.campaigns.services import merging
from convergences.directory.errors import CentreStaysOpen, ForTheCentre, WrongState
from convergences.directory.models import Agent, Membership, Organization
from convergences.directory.services import organizations
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from tests.campaigns.answering import received
from tests.campaigns.doing import running
from tests.cast import Cast, application, member, organization, signed_in
from tests.directory.acting import actor, attached
from tests.employers.merging import Fusion, build_fusion, merged
from tests.entitlements.doing import mails, rights, subscribe
from tests.team.pages import right

pytestmark = pytest.mark.database


@pytest.fixture
def fusion(cast: Cast) -> Fusion:
    """The CCAS and its people."""
    return build_fusion(cast)


def _at(employer: Organization, agent: Agent) -> Membership:
    return Membership.objects.get(organization=employer, agent=agent, closed_at__isnull=True)


def test_agents_go_on_with_one_account_at_the_employer_that_stays(cast: Cast, fusion: Fusion) -> None:
    before = Agent.objects.get(pk=fusion.yann.agent_id)
    merged(fusion, cast)
    moved = _at(cast.pantin, before)
    assert (moved.department, moved.profile, moved.confirmed_at is not None) == ("Aide à domicile", "user", True)
    after = Agent.objects.get(pk=before.pk)
    assert (after.subject, after.email, after.state) == (before.subject, before.email, "active")
    assert Membership.objects.filter(agent=before).count() == 2  # the former is closed, never deleted
    fusion.ccas.refresh_from_db()
    assert (fusion.ccas.active, fusion.ccas.merged_into_id) == (False, cast.pantin.pk)
    assert Membership.objects.filter(organization=fusion.ccas, closed_at__isnull=True).count() == 0


def test_who_is_in_both_keeps_one_attachment_and_the_right_of_the_one_that_stays(cast: Cast, fusion: Fusion) -> None:
    kept = right(cast.claire, cast.bip)
    merged(fusion, cast)
    assert _at(cast.pantin, cast.claire.agent).pk == cast.claire.pk
    assert [each.pk for each in rights(cast.claire)] == [kept.pk]


def test_rights_go_on_only_where_the_remaining_employer_is_subscribed(cast: Cast, fusion: Fusion) -> None:
    octime = application("octime", "Octime", [("reader", "Consulter")], affiliations=[])
    subscribe(fusion.ccas, octime)
    right(fusion.yann, octime)
    merged(fusion, cast)
    [kept] = rights(_at(cast.pantin, fusion.yann.agent))
    assert (kept.application, kept.roles, kept.organization) == (cast.bip, ["reader"], cast.pantin)
    assert rights(fusion.yann) == []
    told = AuditEvent.objects.filter(action="entitlements.right_removed").get()
    assert (told.subject_id, told.organization_id, told.application) == (fusion.yann.agent_id, fusion.ccas.pk, "octime")


def test_those_who_arrive_take_the_seats_that_are_free_and_nobody_loses_theirs(cast: Cast, fusion: Fusion) -> None:
    subscribe(cast.pantin, cast.bip, seats=2)
    held = right(cast.moussa, cast.bip)
    Entitlement.objects.filter(pk=held.pk).update(seat=1)
    merged(fusion, cast)
    seats = Entitlement.objects.filter(organization=cast.pantin, closed_at__isnull=True).order_by("granted_at", "pk")
    assert [each.seat for each in seats] == [1, 2, None]


def test_nobody_becomes_referent_by_a_fusion_and_mandates_end(cast: Cast, fusion: Fusion) -> None:
    mandate = Mandate.objects.create(membership=fusion.rose, starts_on=clock.today())
    merged(fusion, cast)
    assert _at(cast.pantin, fusion.rose.agent).profile == "user"
    mandate.refresh_from_db()
    assert mandate.ended_on == clock.today()
    rose = signed_in(fusion.rose.agent, second_factor=True)
    assert rose.get("/annuaire/collectivites/pantin/").status_code == 404
    assert rose.get("/annuaire/collectivites/ccas/").status_code == 404
    assert _at(cast.pantin, cast.nadia.agent).profile == "referent"


def test_visits_made_for_the_absorbed_employer_end_and_the_agent_enters_for_the_other(
    cast: Cast, fusion: Fusion
) -> None:
    signed_in(fusion.yann.agent)
    session = Session.objects.get(agent=fusion.yann.agent)
    decisions.enter(session, cast.bip, fusion.yann, protocol="link", actor=SYSTEM)
    merged(fusion, cast)
    assert [ending.reason for ending in admission.visits_to_end(clock.now())] == ["membership_over"]
    decision = decisions.decide_for_session(session, cast.bip)
    assert isinstance(decision, Enter)
    assert decision.membership.organization_id == cast.pantin.pk


def test_what_one_employer_suspended_stays_suspended(cast: Cast, fusion: Fusion) -> None:
    Membership.objects.filter(pk=cast.claire.pk).update(suspended_at=clock.now())
    Membership.objects.filter(pk=fusion.yann.pk).update(suspended_at=clock.now(), suspension_reason="Congé")
    signed_in(cast.claire.agent)
    merged(fusion, cast)
    assert _at(cast.pantin, fusion.yann.agent).suspension_reason == "Congé"
    assert Agent.objects.get(pk=cast.claire.agent_id).state == "suspended"
    assert Session.objects.get(agent=cast.claire.agent).end_reason == "suspended"


def test_an_attachment_not_accepted_yet_serves_once_the_other_was(cast: Cast, fusion: Fusion) -> None:
    pending = attached(cast.nadia, fusion.yann.agent)
    ended = member(cast.pantin, "Paul Henry", ends_on=clock.today() - dt.timedelta(days=9))
    merged(fusion, cast)
    kept = _at(cast.pantin, fusion.yann.agent)
    assert kept.pk == pending.pk
    assert (kept.confirmed_at is not None, kept.full_name) == (True, "Yann Le Gall")
    assert _at(cast.pantin, ended.agent).ends_on == ended.ends_on


def test_an_attachment_that_its_agent_never_accepted_is_not_accepted_by_a_fusion(cast: Cast, fusion: Fusion) -> None:
    Membership.objects.filter(pk=fusion.yann.pk).update(confirmed_at=None)
    merged(fusion, cast)
    assert _at(cast.pantin, fusion.yann.agent).confirmed_at is None


def test_its_campaigns_close_and_an_answer_that_waits_is_set_aside(cast: Cast, fusion: Fusion) -> None:
    answer = received(cast)
    merging.merge(cast.pantin, fusion.ccas, actor=SYSTEM)
    states = dict(Invitation.objects.values_list("organization__key", "state"))
    assert states == {"pantin": "withdrawn", "ccas": "waiting", "romainville": "sent"}
    assert Designation.objects.get(pk=answer.pk).state == "set_aside"


def test_what_hangs_from_it_hangs_from_the_other_without_a_ring(cast: Cast) -> None:
    town = organization("town", "21920023500013", "Ville de Clamart")
    office = organization("office", "26930016700012", "Office", parent=town)
    school = organization("school", "21930008400015", "École", parent=office)
    merging.merge(town, school, actor=SYSTEM)
    parents = dict(Organization.objects.filter(key__in=("office", "school")).values_list("key", "parent__key"))
    assert parents == {"office": "school", "school": None}


def test_the_referents_of_both_are_told_by_mail(cast: Cast, fusion: Fusion) -> None:
    merged(fusion, cast)
    told = {(mail["recipient"], mail["kind"]) for mail in mails()}
    assert told == {
        (fusion.rose.agent.email, "lifecycle.employer_absorbed"),
        (cast.nadia.agent.email, "lifecycle.employer_grown"),
        (cast.moussa.agent.email, "lifecycle.employer_grown"),
    }
    assert "Les agents du CCAS de Pantin rejoignent la Ville de Pantin" in {mail["subject"] for mail in mails()}


def test_each_act_is_in_the_journal_of_its_employer(cast: Cast, fusion: Fusion) -> None:
    merging.merge(fusion.ccas, cast.pantin, reason="Délibération 12", actor=actor(cast.julien))
    events = AuditEvent.objects.filter(actor_id=cast.julien.agent_id)
    assert set(events.filter(organization_id=fusion.ccas.pk).values_list("action", flat=True)) == {
        "directory.organization_merged",
        "directory.referent_ended",
    }
    moved = events.filter(organization_id=cast.pantin.pk, action="directory.member_moved")
    assert {each.subject_id for each in moved} == {each.agent_id for each in (fusion.rose, fusion.yann, fusion.claire)}
    assert events.get(action="directory.organization_grew").details["reason"] == "Délibération 12"


def test_what_may_not_be_merged_is_refused_and_nothing_moves(cast: Cast, fusion: Fusion) -> None:
    before = list(Membership.objects.order_by("pk").values())
    for absorbed, remaining in ((fusion.ccas, cast.center), (cast.center, fusion.ccas)):
        with pytest.raises(CentreStaysOpen):
            merging.merge(absorbed, remaining, actor=SYSTEM)
    with pytest.raises(WrongState, match="lui-même"):
        merging.merge(fusion.ccas, fusion.ccas, actor=SYSTEM)
    for meddler in (cast.nadia, fusion.rose, cast.claire):
        with pytest.raises(ForTheCentre):
            merging.merge(fusion.ccas, cast.pantin, actor=actor(meddler))
    organizations.close(cast.pantin, actor=SYSTEM)
    with pytest.raises(WrongState, match="fermé"):
        merging.merge(fusion.ccas, cast.pantin, actor=SYSTEM)
    assert list(Membership.objects.order_by("pk").values()) == before


def test_two_correspondants_do_not_merge_twice_and_reopening_gives_nobody_back(cast: Cast, fusion: Fusion) -> None:
    merged(fusion, cast)
    with pytest.raises(WrongState, match="fermé"):
        merged(fusion, cast)
    reopened = organizations.reopen(fusion.ccas, actor=SYSTEM)
    assert (reopened.active, reopened.merged_into) == (True, None)
    assert not Membership.objects.filter(organization=reopened, closed_at__isnull=True).exists()
    assert _at(cast.pantin, fusion.yann.agent)


def _people(cast: Cast, employer: Organization, number: int, start: int = 0) -> None:
    made = [member(employer, f"Zoé Martin{start + rank:04d}") for rank in range(number)]
    for each in made:
        right(each, cast.bip)


def test_a_hundred_agents_cost_the_statements_of_three_but_for_batches(cast: Cast, fusion: Fusion) -> None:
    other = organization("office", "21930008400015", "Office")
    _people(cast, other, 100)
    counts = []
    for absorbed in (fusion.ccas, other):
        with CaptureQueriesContext(connection) as captured:
            merging.merge(absorbed, cast.pantin, actor=SYSTEM)
        counts.append(len(captured))
    # Rows of 18 columns go by 55 on SQLite: a hundred agents and their rights make a handful of batches more.
    assert counts[1] <= counts[0] + 12, counts


def test_nothing_is_half_done_when_the_end_fails(cast: Cast, fusion: Fusion, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("the worker died")

    monkeypatch.setattr(merging, "_withdraw", fail)
    running(cast)
    with pytest.raises(RuntimeError):
        merged(fusion, cast)
    fusion.ccas.refresh_from_db()
    assert fusion.ccas.active
    assert _at(fusion.ccas, fusion.yann.agent).pk == fusion.yann.pk
    assert not AuditEvent.objects.filter(action="directory.member_moved").exists()
