"""« Ce n'est pas moi »: what the mail says, and what contesting a change takes back."""

import datetime as dt
import re

import pytest
import time_machine

from convergences.audit.services import Actor
from convergences.authentication import queries
from convergences.authentication.errors import DeadLink, PasskeyRefused, WrongCredentials
from convergences.authentication.models import (
    ChangeKind,
    Passkey,
    Recovery,
    RememberedDevice,
    SecurityChange,
    Session,
    Totp,
)
from convergences.authentication.services import changes, devices, factors, recovery_codes, sessions
from convergences.directory.models import Agent, AgentState
from convergences.foundations import clock
from tests.authentication.doing import HERE, attempt, letters, told
from tests.authentication.passkeying import acting_here, enrol, session_of
from tests.authentication.test_passkeys_prove import ALONE, answer
from tests.cast import Cast, set_password

pytestmark = pytest.mark.database


@pytest.fixture
def claire(cast: Cast) -> Agent:
    """Claire, who has a password."""
    set_password(cast.claire.agent)
    return cast.claire.agent


def tokens() -> list[str]:
    """Return the secrets of the mails that told changes, oldest first."""
    found = [re.search(r"ce-nest-pas-moi\?cle=(\S+)", letter.text) for letter in letters()]
    return [match[1] for match in found if match]


def test_the_mail_says_what_changed_where_and_what_to_do(claire: Agent) -> None:
    enrol(claire, name="Poste")
    letter = letters()[-1]
    plain = letter.text.replace("\u00a0", " ").replace("’", "'")
    assert letter.subject.replace("’", "'").replace("\u00a0", " ") == "Votre compte : clé d'accès ajoutée"
    for words in ("Clé d'accès ajoutée : « Poste »", "Edge sur Windows", "7 jours"):
        assert words in plain
    assert f"/securite/ce-nest-pas-moi?cle={tokens()[0]}" in letter.html
    assert tokens()[0] not in str(SecurityChange.objects.values())


def test_what_somebody_else_did_says_who_and_not_from_where(claire: Agent, cast: Cast) -> None:
    julien = Actor(cast.julien.agent.pk, "Julien Moreau", address="192.0.2.7", browser="Firefox sur Linux")
    changes.told(claire, ChangeKind.RECOVERY_STARTED, actor=julien)
    assert "par Julien Moreau" in letters()[-1].text
    assert "Firefox sur Linux" not in letters()[-1].text


def test_contesting_an_addition_freezes_it_and_shuts_everybody_out(claire: Agent) -> None:
    stolen = attempt(claire.email)
    passkey, key = enrol(claire, session=session_of(claire))
    devices.remember(claire, HERE)
    done = changes.contest(tokens()[0], browser=HERE)
    passkey.refresh_from_db()
    assert (done.done_now, passkey.frozen_at is not None) == (True, True)
    with pytest.raises(PasskeyRefused):
        answer(ALONE, claire, key)
    assert sessions.find(stolen.token) is None
    assert not Session.objects.filter(ended_at__isnull=True).exists()
    assert not RememberedDevice.objects.filter(ended_at__isnull=True).exists()
    assert told("change_contested")[0].details["changes"] == ["passkey_added"]


def test_the_password_of_before_opens_nothing_and_a_mail_lets_choose_another(claire: Agent) -> None:
    enrol(claire)
    changes.contest(tokens()[0], browser=HERE)
    with pytest.raises(WrongCredentials):
        attempt(claire.email)
    assert letters()[-1].kind == "authentication.reset"
    assert letters()[-1].recipient == claire.email


def test_contesting_a_removal_shuts_and_gives_nothing_to_who_reads_the_mailbox(claire: Agent) -> None:
    passkey, key = enrol(claire)
    factors.remove(claire, passkey.uid, session=session_of(claire), actor=acting_here(claire))
    stolen = session_of(claire)
    changes.contest(tokens()[1], browser=HERE)
    with pytest.raises(PasskeyRefused):
        answer(ALONE, claire, key)
    stolen.refresh_from_db()
    assert stolen.end_reason == "change_contested"


def test_what_was_frozen_as_a_copy_is_not_given_back(claire: Agent) -> None:
    passkey, key = enrol(claire)
    factors.remove(claire, passkey.uid, session=session_of(claire), actor=acting_here(claire))
    Passkey.objects.update(frozen_at=clock.now())
    changes.contest(tokens()[1], browser=HERE)
    with pytest.raises(PasskeyRefused):
        answer(ALONE, claire, key)


def test_contesting_twice_does_it_once(claire: Agent) -> None:
    enrol(claire)
    changes.contest(tokens()[0], browser=HERE)
    written = len(letters())
    session = session_of(claire)
    again = changes.contest(tokens()[0], browser=HERE)
    session.refresh_from_db()
    assert (again.done_now, session.ended_at, len(letters()), len(told("change_contested"))) == (
        False,
        None,
        written,
        1,
    )


def test_other_changes_of_the_week_are_contested_with_it_but_nobody_elses(claire: Agent, cast: Cast) -> None:
    enrol(claire)
    enrol(claire, session=session_of(claire))
    hers, _ = enrol(cast.lucie.agent)
    mine = changes.find(tokens()[0])
    also = [other.uid for other in changes.others(mine)]
    assert len(also) == 1
    foreign = SecurityChange.objects.get(agent=cast.lucie.agent).uid
    changes.contest(tokens()[0], also=[*also, foreign], browser=HERE)
    assert Passkey.objects.filter(agent=claire, frozen_at__isnull=True).count() == 0
    hers.refresh_from_db()
    assert hers.frozen_at is None


def test_the_codes_of_who_added_a_factor_do_not_wait_for_the_next_one(claire: Agent) -> None:
    enrol(claire)
    recovery_codes.make(claire, session=session_of(claire), actor=acting_here(claire))
    changes.contest(tokens()[0], browser=HERE)  # the codes were not ticked
    set_password(claire)
    Passkey.objects.all().delete()
    enrol(claire, session=session_of(claire))
    assert queries.methods_of(claire).codes_left == 0


def test_codes_made_since_are_frozen_beside_a_factor_of_before_and_older_ones_stay(claire: Agent) -> None:
    with time_machine.travel(clock.now() - dt.timedelta(hours=2), tick=False):
        enrol(claire)
        recovery_codes.make(claire, session=session_of(claire), actor=acting_here(claire))
    enrol(claire, session=session_of(claire))
    changes.contest(tokens()[-1], browser=HERE)
    assert queries.methods_of(claire).codes_left == recovery_codes.NUMBER
    enrol(claire, session=session_of(claire))
    recovery_codes.make(claire, session=session_of(claire), actor=acting_here(claire))
    changes.contest(tokens()[-2], browser=HERE)
    assert queries.methods_of(claire).codes_left == 0
    assert queries.has_second_factor(claire.pk)


def test_a_recovery_under_way_is_cancelled(claire: Agent, cast: Cast) -> None:
    now = clock.now()
    recovery = Recovery.objects.create(
        agent=claire,
        started_by=cast.nadia.agent,
        organization=cast.pantin,
        created_at=now,
        opens_at=now,
        expires_at=now,
    )
    changes.told(claire, ChangeKind.RECOVERY_STARTED, actor=acting_here(cast.nadia.agent))
    changes.contest(tokens()[0], browser=HERE)
    recovery.refresh_from_db()
    assert recovery.cancelled_at is not None


@pytest.mark.parametrize("token", ["", "x", "\x00", "é" * 300, "A" * 43])
def test_a_guessed_link_is_dead(claire: Agent, token: str) -> None:
    enrol(claire)
    with pytest.raises(DeadLink):
        changes.contest(token, browser=HERE)


def test_the_link_dies_after_a_week_and_gives_nothing_back(claire: Agent) -> None:
    passkey, _ = enrol(claire)
    factors.remove(claire, passkey.uid, session=session_of(claire), actor=acting_here(claire))
    later = clock.now() + dt.timedelta(days=7, minutes=1)
    with time_machine.travel(later, tick=False), pytest.raises(DeadLink):
        changes.contest(tokens()[1], browser=HERE)
    passkey.refresh_from_db()
    assert passkey.removed_at is not None


def test_what_was_erased_meanwhile_is_not_missed(claire: Agent) -> None:
    passkey, _ = enrol(claire)
    factors.remove(claire, passkey.uid, session=session_of(claire), actor=acting_here(claire))
    passkey.delete()
    assert changes.contest(tokens()[1], browser=HERE).done_now


def test_a_change_names_rows_of_its_own_agent_only(claire: Agent, cast: Cast) -> None:
    hers, _ = enrol(cast.lucie.agent)
    code = Totp.objects.create(agent=cast.lucie.agent, name="x", sealed_seed="x", created_at=clock.now())
    forged = changes.told(
        claire, ChangeKind.PASSKEY_ADDED, added={"passkey": [hers.pk], "totp": [code.pk]}, actor=acting_here(claire)
    )
    assert changes.names_of(forged) == []
    changes.contest(tokens()[-1], browser=HERE)
    hers.refresh_from_db()
    code.refresh_from_db()
    assert (hers.frozen_at, code.frozen_at) == (None, None)


@pytest.mark.parametrize("state", [AgentState.DELETED, AgentState.ERASED])
def test_the_link_of_an_account_that_is_gone_is_dead(claire: Agent, state: str) -> None:
    enrol(claire)
    Agent.objects.filter(pk=claire.pk).update(state=state)
    with pytest.raises(DeadLink):
        changes.find(tokens()[0])


def test_a_suspended_agent_may_contest_and_receives_no_way_in(claire: Agent) -> None:
    enrol(claire)
    Agent.objects.filter(pk=claire.pk).update(state=AgentState.SUSPENDED)
    assert changes.contest(tokens()[0], browser=HERE).done_now
    assert letters()[-1].kind == "authentication.security_change"
