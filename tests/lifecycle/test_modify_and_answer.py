"""A changed address is told to both mailboxes; an agent answers an employer that attached them."""

import datetime as dt

import pytest

from convergences.authentication.models import Session
from convergences.authentication.services import sessions
from convergences.authentication.services.sessions import Browser
from convergences.directory.errors import EmailUnavailable, NotYours
from convergences.directory.models import Membership
from convergences.directory.services.agents import Changes
from convergences.entitlements.models import Entitlement
from convergences.entitlements.services import grant
from convergences.entitlements.terms import Terms
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from convergences.lifecycle.services import arrive, confirm, decline, modify
from tests.cast import Cast
from tests.directory.acting import actor, again, attached, details, sheet
from tests.lifecycle.letters import flat, kinds, posted

pytestmark = pytest.mark.database


def modified(cast: Cast, member: Membership, **changes: object) -> Changes:
    return modify(
        member,
        sheet(member, **changes),
        giver=cast.nadia.agent,
        actor=actor(cast.nadia),
        outside_domains_confirmed=True,
    )


def invited(cast: Cast) -> Membership:
    made = arrive(details(), organization=cast.pantin, giver=cast.nadia.agent, actor=actor(cast.nadia))
    OutboxMessage.objects.all().delete()
    return made


def test_both_addresses_are_told(cast: Cast) -> None:
    modified(cast, cast.claire, email="claire.eluard@pantin.example")
    assert kinds() == [
        ("address_left", "claire.nguyen@pantin.example"),
        ("address_given", "claire.eluard@pantin.example"),
    ]
    assert "Vous n'avez rien demandé ? Prévenez tout de suite Nadia Ferhat." in flat(posted()[0].text)
    for mail in posted():
        assert "claire.eluard@pantin.example" in mail.text


def test_nothing_is_told_when_the_address_stays(cast: Cast) -> None:
    modified(cast, cast.claire, department="Paie")
    assert kinds() == []


def test_a_refused_address_tells_nobody(cast: Cast) -> None:
    with pytest.raises(EmailUnavailable):
        modified(cast, cast.claire, email=cast.lucie.email)
    assert kinds() == []


def test_a_mistyped_address_loses_its_invitation_and_learns_no_name(cast: Cast) -> None:
    modified(cast, invited(cast), email="lea.marchant@pantin.example")
    assert kinds() == [
        ("invitation_withdrawn", "lea.marchand@pantin.example"),
        ("invitation", "lea.marchant@pantin.example"),
    ]
    withdrawn = posted()[0]
    for word in ("Léa", "Nadia", "Pantin,", "marchant"):
        assert word not in withdrawn.text.partition("-- ")[0]


def test_an_invitation_led_to_an_account_elsewhere_sends_as_many_mails(cast: Cast) -> None:
    modified(cast, invited(cast), email=cast.lucie.email)
    assert kinds() == [
        ("invitation_withdrawn", "lea.marchand@pantin.example"),
        ("attachment", "lucie.lefevre@romainville.example"),
    ]


def test_a_last_day_already_past_ends_the_sessions(cast: Cast) -> None:
    sessions.open_session(cast.claire.agent, factors=("pwd",), browser=Browser(address="127.0.0.1", name="Firefox"))
    modified(cast, cast.claire, ends_on=clock.today() - dt.timedelta(days=1))
    assert not Session.objects.filter(ended_at__isnull=True).exists()


def waiting_with_a_right(cast: Cast) -> Membership:
    waiting = attached(cast.nadia, cast.lucie.agent)
    grant(waiting, cast.bip, terms=Terms(("reader",)), giver=cast.nadia.agent, actor=actor(cast.nadia))
    return waiting


def test_accepting_keeps_the_rights(cast: Cast) -> None:
    waiting = waiting_with_a_right(cast)
    confirm(waiting, actor=actor(cast.lucie))
    assert Entitlement.objects.get(membership=waiting).closed_at is None
    assert again(waiting).full_name == "Lucie Lefèvre"


def test_declining_frees_the_rights_and_does_not_tell_the_true_name(cast: Cast) -> None:
    waiting = waiting_with_a_right(cast)
    decline(waiting, actor=actor(cast.lucie))
    right = Entitlement.objects.get(membership=waiting)
    assert right.closed_at is not None
    assert right.closed_by == "Lucie Lefebvre"


def test_nobody_else_answers(cast: Cast) -> None:
    waiting = waiting_with_a_right(cast)
    for meddler in (cast.nadia, cast.karim):
        with pytest.raises(NotYours):
            confirm(waiting, actor=actor(meddler))
        with pytest.raises(NotYours):
            decline(waiting, actor=actor(meddler))
    assert again(waiting).closed_at is None
