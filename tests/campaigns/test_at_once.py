"""Several people at the same instant, on PostgreSQL: one winner, and a clear refusal."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from convergences.audit.models import AuditEvent
from convergences.campaigns.models import (
    Campaign,
    Designation,
    DesignationState,
    Invitation,
    InvitationState,
    Link,
    Mailing,
)
from convergences.campaigns.services import answering, codes, deciding, mailing, merging, paper, preparing, renewing
from convergences.directory.models import Agent, Membership, Profile, Role, StaffRole
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.foundations.models import OutboxMessage
from tests.answers.doing import picture
from tests.campaigns.answering import ANNE, PAUL, VISITOR, answer, asked, letter_of, received
from tests.campaigns.doing import acting, details, with_addresses
from tests.cast import build_cast, member

on_postgresql = pytest.mark.skipif(
    "postgresql" not in settings.DATABASES["default"]["ENGINE"], reason="SQLite in memory is one connection"
)
pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True), on_postgresql]


def _together(*acts: Callable[[], object]) -> list[str]:
    """Do all of it at once; return what came of each act, in order: "done", or the code of the refusal."""

    def work(act: Callable[[], object]) -> str:
        try:
            act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(work, acts))


def test_of_correspondants_who_decide_at_once_one_decides() -> None:
    cast = build_cast()
    designation = received(cast, ANNE, PAUL, replaces=True)
    julien = acting(cast.julien)
    came = _together(
        *[lambda: deciding.accept(designation, actor=julien)] * 3,
        *[lambda: deciding.send_back(designation, "Une autre adresse", actor=julien)] * 3,
    )
    assert sorted(came) == ["already_decided"] * 5 + ["done"]
    designation.refresh_from_db()
    accepted = designation.state == DesignationState.VALIDATED
    referents = Membership.objects.filter(organization=cast.pantin, profile=Profile.REFERENT)
    emails = set(referents.values_list("agent__email", flat=True))
    assert (emails == {ANNE.email, PAUL.email}) == accepted
    sent = OutboxMessage.objects.filter(kind__in=("campaigns.validated", "campaigns.sent_back"))
    assert sent.count() == 1


def test_an_answer_given_while_the_former_is_accepted_leaves_one_that_stands() -> None:
    cast = build_cast()
    first = received(cast, ANNE)
    invitation, julien = first.invitation, acting(cast.julien)
    code = letter_of(invitation)
    came = _together(
        lambda: deciding.accept(first, actor=julien),
        lambda: answering.receive(invitation, answer(PAUL), actor=VISITOR, letter_code=code),
    )
    assert sorted(came) in (["already_decided", "done"], ["done", "not_awaited"])
    standing = Designation.objects.filter(state__in=(DesignationState.RECEIVED, DesignationState.VALIDATED))
    state = Invitation.objects.get(pk=invitation.pk).state
    expected = DesignationState.VALIDATED if state == InvitationState.VALIDATED else DesignationState.RECEIVED
    assert [each.state for each in standing] == [expected]


def test_one_button_pressed_many_times_signs_once() -> None:
    cast = build_cast()
    invitation = asked(cast)
    code = letter_of(invitation)
    came = _together(
        *[lambda: answering.receive(invitation, answer(), actor=VISITOR, letter_code=code)] * 6,
    )
    assert sorted(came) == ["done", *["wrong_code"] * 5]
    assert Designation.objects.count() == 1
    assert OutboxMessage.objects.filter(kind="campaigns.receipt").count() == 1


def test_tries_made_at_once_are_all_counted() -> None:
    cast = build_cast()
    invitation = asked(cast)
    letter_of(invitation)
    wrong = lambda: answering.receive(invitation, answer(), actor=VISITOR, letter_code="2222-2222-2222")  # noqa: E731
    assert set(_together(*[wrong] * 16)) == {"wrong_code"}
    assert Invitation.objects.get(pk=invitation.pk).code_tries == codes.LETTER_TRIES


def test_drafts_saved_at_once_leave_one() -> None:
    cast = build_cast()
    invitation = asked(cast)
    came = _together(
        *(
            lambda n=n: answering.save_draft(invitation, answer(replace(ANNE, department=f"Service {n}")))  # type: ignore[misc]
            for n in range(6)
        )
    )
    assert set(came) == {"done"}
    assert Designation.objects.get().named.count() == 1


def test_workers_that_read_the_same_list_send_one_mail_to_each_employer() -> None:
    cast = build_cast()
    with_addresses(cast)
    campaign = preparing.create(details(), actor=acting(cast.julien))
    mailing.enrol(preparing.launch(campaign, actor=acting(cast.julien)))
    work = Mailing.objects.select_related("campaign").get()
    read = mailing._ahead(work)
    assert set(_together(*[lambda each=each: mailing._serve(work, each) for each in read * 4])) == {"done"}  # type: ignore[misc]
    assert OutboxMessage.objects.filter(kind="campaigns.invitation").count() == len(read) == 2
    assert Link.objects.count() == 2


def test_a_campaign_launched_while_others_delete_it_is_either_whole_or_gone() -> None:
    cast = build_cast()
    julien = acting(cast.julien)
    campaign = preparing.create(details(), actor=julien)
    launched, *deleted = _together(
        lambda: preparing.launch(campaign, actor=julien),
        *[lambda: preparing.delete(campaign, actor=julien)] * 3,
    )
    if launched == "done":
        assert deleted == ["wrong_state"] * 3
    else:
        assert (launched, sorted(deleted)) == ("campaign_gone", [*["campaign_gone"] * 2, "done"])
    left = (Campaign.objects.count(), Mailing.objects.count())
    assert left == ((1, 1) if launched == "done" else (0, 0))
    acts = AuditEvent.objects.filter(action__in=("campaigns.launched", "campaigns.deleted"))
    assert acts.count() == 1


def test_an_answer_signed_while_its_employer_is_absorbed_waits_for_nobody() -> None:
    cast = build_cast()
    invitation, julien = asked(cast), acting(cast.julien)
    code = letter_of(invitation)
    absorbed, signed, accepted = _together(
        lambda: merging.merge(cast.pantin, cast.romainville, actor=julien),
        lambda: answering.receive(invitation, answer(), actor=VISITOR, letter_code=code),
        lambda: renewing.renew(cast.pantin, "autre@pantin.example", seen=renewing.mark(cast.pantin), actor=julien),
    )
    assert absorbed == "done"
    assert signed in {"done", "not_awaited"}
    assert accepted in {"done", "wrong_state"}
    assert Invitation.objects.get(pk=invitation.pk).state == InvitationState.WITHDRAWN
    assert not Designation.objects.filter(state=DesignationState.RECEIVED).exists()
    assert not Agent.objects.filter(email=ANNE.email).exists()


def test_paper_keyed_in_twice_while_another_is_signed_online_leaves_one_that_waits(
    settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    cast = build_cast()
    invitation, other = asked(cast), member(cast.center, "Odile Bertin")
    StaffRole.objects.create(agent=other.agent, role=Role.CORRESPONDENT, granted_at=clock.now())
    code = letter_of(invitation)
    keying = [
        lambda who=who: paper.key_in(invitation, answer(ANNE), picture(), actor=acting(who))  # type: ignore[misc]
        for who in (cast.julien, other)
    ]
    online = lambda: answering.receive(invitation, answer(PAUL), actor=VISITOR, letter_code=code)  # noqa: E731
    first, second, signed = _together(*keying, online)
    assert signed == "done"
    assert sorted({first, second}) in (["answer_waiting"], ["answer_waiting", "done"])
    waiting = Designation.objects.get(state=DesignationState.RECEIVED)
    assert waiting.named.get().email == PAUL.email
    on_paper = Designation.objects.exclude(scan="").count()
    assert (on_paper, sum(path.is_file() for path in tmp_path.rglob("*"))) == ((first, second).count("done"),) * 2
