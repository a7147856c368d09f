"""Saving the sheet of an agent's rights."""

import pytest

from convergences.entitlements import errors, queries
from convergences.entitlements.services import Act
from tests.cast import Cast, application
from tests.entitlements.doing import (
    grant,
    in_days,
    journal,
    mails,
    opens,
    revoke,
    rights,
    save,
    subscribe,
    wish,
    words,
)

pytestmark = pytest.mark.database


def test_a_referent_of_another_town_is_refused(cast: Cast) -> None:
    with pytest.raises(errors.NotManaged):
        save(cast.claire, wish(cast.bip), by=cast.karim)
    with pytest.raises(errors.NotManaged):
        save(cast.claire, by=cast.karim)


def test_the_difference_is_applied_and_told_in_one_mail(cast: Cast) -> None:
    octime = application("octime", "Octime", [("reader", "Consulter")])
    removed, changed = grant(cast.claire, cast.bip), grant(cast.claire, cast.cotisations)
    before = len(mails())
    done = save(cast.claire, wish(cast.cotisations, "payer"), wish(octime), by=cast.nadia)
    assert {(c.act, c.application) for c in done} == {
        (Act.REMOVED, removed.application),
        (Act.CHANGED, changed.application),
        (Act.GRANTED, octime),
    }
    assert [(r.application, r.roles) for r in rights(cast.claire)] == [
        (cast.cotisations, ["payer"]),
        (octime, ["reader"]),
    ]
    assert len(mails()) == before + 1


def test_one_line_at_fault_and_nothing_is_done(cast: Cast) -> None:
    held = grant(cast.claire, cast.cotisations)
    before = (len(mails()), len(journal()))
    with pytest.raises(errors.UnknownRole) as refusal:
        save(cast.claire, wish(cast.bip, "payer"), by=cast.nadia)
    assert refusal.value.application == cast.bip
    assert rights(cast.claire) == [held]
    assert (len(mails()), len(journal())) == before


def test_saving_what_is_there_does_nothing(cast: Cast) -> None:
    grant(cast.claire, cast.bip, "manager", ends_on=in_days(3))
    before = words()
    assert save(cast.claire, wish(cast.bip, "manager", ends_on=in_days(3)), by=cast.nadia) == []
    assert words() == before


def test_a_form_built_on_an_old_sheet_is_refused(cast: Cast) -> None:
    seen = queries.sheet_version(queries.rights_sheet(cast.claire))
    meanwhile = grant(cast.claire, cast.cotisations, by=cast.moussa)
    with pytest.raises(errors.SheetChanged):
        save(cast.claire, wish(cast.bip), by=cast.nadia, seen=seen)
    assert rights(cast.claire) == [meanwhile]


def test_a_form_built_on_the_present_sheet_is_saved_once(cast: Cast) -> None:
    seen = queries.sheet_version(queries.rights_sheet(cast.claire))
    assert save(cast.claire, wish(cast.bip), by=cast.nadia, seen=seen)
    with pytest.raises(errors.SheetChanged):
        save(cast.claire, wish(cast.bip), by=cast.nadia, seen=seen)


@pytest.mark.parametrize("status", ["draft", "closed", "pilot"])
def test_an_application_that_the_sheet_does_not_show_is_refused(cast: Cast, status: str) -> None:
    hidden = application("octime", "Octime", [("reader", "Consulter")], status=status)
    with pytest.raises(errors.UnknownApplication):
        save(cast.claire, wish(hidden), by=cast.nadia)


def test_an_application_that_does_not_exist_is_refused(cast: Cast) -> None:
    cast.bip.pk = 424242
    with pytest.raises(errors.UnknownApplication):
        save(cast.claire, wish(cast.bip), by=cast.nadia)


def test_a_right_prepared_on_a_draft_is_not_touched_by_the_sheet(cast: Cast) -> None:
    draft = application("octime", "Octime", [("reader", "Consulter")], status="draft")
    prepared = grant(cast.claire, draft)
    assert save(cast.claire, by=cast.nadia) == []
    assert rights(cast.claire) == [prepared]


def test_a_right_kept_on_a_closed_application_is_no_obstacle(cast: Cast) -> None:
    held = grant(cast.claire, cast.bip)
    type(cast.bip).objects.filter(pk=cast.bip.pk).update(status="closed")
    [done] = save(cast.claire, wish(cast.bip), wish(cast.cotisations), by=cast.nadia)
    assert done.application == cast.cotisations
    assert held in rights(cast.claire)


def test_the_seat_that_one_line_frees_may_not_be_needed_elsewhere(cast: Cast) -> None:
    subscribe(cast.pantin, cast.bip, seats=1)
    revoke(grant(cast.claire, cast.bip), by=cast.nadia)
    save(cast.claire, wish(cast.bip), by=cast.nadia)
    with pytest.raises(errors.NoSeat) as refusal:
        save(cast.moussa, wish(cast.bip), wish(cast.cotisations), by=cast.nadia)
    assert refusal.value.application == cast.bip
    assert rights(cast.moussa) == []


def test_what_the_change_says_of_an_opening_to_come(cast: Cast) -> None:
    opens(cast.bip, cast.pantin, on=in_days(5))
    [done] = save(cast.claire, wish(cast.bip, ends_on=in_days(50)), by=cast.nadia)
    assert (done.act, done.roles, done.ends_on, done.opens_on) == (
        Act.GRANTED,
        ("Consulter",),
        in_days(50),
        in_days(5),
    )
