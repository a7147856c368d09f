"""Agents who lose access by an act on their employer: one mail each, some minutes later, of what is true then."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine

from convergences.audit.services import SYSTEM
from convergences.catalog.models import Application, Subscription
from convergences.catalog.offers import Contract
from convergences.directory.models import AgentState, Membership
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from convergences.foundations.outbox import Mail
from convergences.lifecycle import loss_letters
from convergences.lifecycle.models import LostAccess
from convergences.lifecycle.services import employers, losses, offering
from tests.cast import LONG_AGO, Cast, application, join, member
from tests.entitlements.doing import grant, in_days, mails, revoke, subscribe
from tests.lifecycle.letters import flat

pytestmark = pytest.mark.database
CLAIRE = "claire.nguyen@pantin.example"
MOUSSA = "moussa.diarra@pantin.example"


@dataclass
class Offered:
    """Two applications to which Pantin is subscribed; Claire has a right on both, Moussa on the first."""

    octime: Application
    paie: Application


@pytest.fixture
def offered(cast: Cast) -> Offered:
    """Write them."""
    made = [application(slug, slug.title(), [("reader", "Consulter")], affiliations=[]) for slug in ("octime", "paie")]
    for each in made:
        subscribe(cast.pantin, each)
        grant(cast.claire, each)
    grant(cast.moussa, made[0])
    OutboxMessage.objects.all().delete()
    return Offered(*made)


def _taken_away(cast: Cast, *applications: Application) -> None:
    for each in applications:
        offering.offer(cast.pantin, each, None, None, actor=SYSTEM)


def _told(minutes: int = 11) -> list[dict[str, str]]:
    """Let the worker tell; return the mails about losses by recipient."""
    with time_machine.travel(clock.now() + dt.timedelta(minutes=minutes), tick=False):
        while losses.tell_due():
            pass
    return sorted((each for each in mails() if each["kind"] == "lifecycle.access_lost"), key=lambda m: m["recipient"])


def test_one_mail_names_all_that_is_lost_and_whom_to_ask(cast: Cast, offered: Offered) -> None:
    _taken_away(cast, offered.octime, offered.paie)
    assert _told(9) == []
    claire, moussa = _told()
    assert (claire["recipient"], claire["subject"]) == (CLAIRE, "Vos accès à Octime et Paie ont pris fin")
    text = flat(claire["text"])
    today = flat(f"{clock.today().day}")
    for words in (
        f"Depuis le {'1er' if today == '1' else today}",
        "vous n'entrez plus dans ces applications pour la Ville de Pantin :",
        "Octime : la Ville de Pantin n'a pas, ou plus, d'abonnement.",
        "vos droits sont gardés et serviront de nouveau dès que ce sera possible.",
        "Adressez-vous à vos référents administrateurs : Moussa Diarra et Nadia Ferhat.",
        "Au centre de gestion, Julien Moreau suit votre employeur.",
    ):
        assert words in text
    assert moussa["subject"] == "Votre accès à Octime a pris fin"
    assert "<strong>Paie</strong>" in claire["html"]
    assert not LostAccess.objects.exists()


def test_a_mistake_taken_back_within_the_pause_writes_to_nobody(cast: Cast, offered: Offered) -> None:
    _taken_away(cast, offered.octime)
    offering.offer(cast.pantin, offered.octime, Contract(LONG_AGO), None, actor=SYSTEM)
    assert _told() == []
    assert not LostAccess.objects.exists()


def test_who_never_came_is_suspended_or_was_told_by_a_referent_gets_none(cast: Cast, offered: Offered) -> None:
    waiting = member(cast.pantin, "Ana Costa", state=AgentState.INVITED)
    filed = member(cast.pantin, "Léo Petit")
    filed.agent.activated_at = None  # an account with a password that a file gave, and never opened
    filed.agent.save()
    for each in (waiting, filed):
        grant(each, offered.octime)
    right = grant(cast.nadia, offered.octime)
    cast.moussa.suspended_at = clock.now()
    cast.moussa.save()
    _taken_away(cast, offered.octime)
    assert LostAccess.objects.count() == 2  # Claire and Nadia
    revoke(right, by=cast.nadia)
    assert [mail["recipient"] for mail in _told()] == [CLAIRE]


def test_a_worker_killed_in_the_middle_tells_nobody_twice_and_forgets_nobody(
    cast: Cast, offered: Offered, monkeypatch: pytest.MonkeyPatch
) -> None:
    _taken_away(cast, offered.octime)
    posted = losses.post

    def killed(mail: object) -> None:
        if OutboxMessage.objects.exists():
            raise SystemExit
        posted(mail)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(losses, "post", killed)
        with pytest.raises(SystemExit):
            _told()
    assert (len(mails()), LostAccess.objects.count()) == (1, 1)
    assert [mail["recipient"] for mail in _told()] == [CLAIRE, MOUSSA]


def test_a_mail_that_cannot_be_written_keeps_nobody_elses_from_leaving_and_is_tried_again(
    cast: Cast, offered: Offered, monkeypatch: pytest.MonkeyPatch
) -> None:
    _taken_away(cast, offered.octime)
    write = loss_letters.lost

    def broken(member: Membership, *given: Any) -> Mail:
        if member.agent_id == cast.claire.agent_id:
            raise ValueError
        return write(member, *given)

    with monkeypatch.context() as patch:
        patch.setattr(loss_letters, "lost", broken)
        assert [mail["recipient"] for mail in _told()] == [MOUSSA]
    assert [mail["recipient"] for mail in _told(80)] == [CLAIRE, MOUSSA]


def test_a_closing_tells_its_agents_and_its_referents_have_their_own_mail(cast: Cast, offered: Offered) -> None:
    join(cast.claire.agent, cast.romainville)
    employers.close(cast.pantin, actor=SYSTEM)
    [claire] = _told()
    text = flat(claire["text"])
    assert claire["recipient"] == CLAIRE
    for words in (
        "Le centre de gestion a fermé la Ville de Pantin dans CONVERGENCES le",
        "Octime Paie",
        "de nouveau si l'employeur est rouvert. Vos autres employeurs ne sont pas concernés.",
        "Une question ? Julien Moreau, julien.moreau@cig.example",
    ):
        assert words in text
    assert "référent" not in text


def test_an_employer_opened_again_within_the_pause_tells_nobody(cast: Cast, offered: Offered) -> None:
    employers.close(cast.pantin, actor=SYSTEM)
    cast.pantin.refresh_from_db()
    employers.reopen(cast.pantin, actor=SYSTEM)
    assert _told() == []


def test_a_fusion_tells_those_whose_right_does_not_go_on_and_only_them(cast: Cast, offered: Offered) -> None:
    lucie = cast.lucie
    subscribe(cast.romainville, offered.octime)
    for each in (lucie, cast.karim):
        grant(each, cast.bip)
    grant(lucie, offered.octime)
    Subscription.objects.filter(organization=cast.pantin, application=offered.octime).delete()
    OutboxMessage.objects.all().delete()
    employers.merge(cast.romainville, cast.pantin, actor=SYSTEM)
    [told] = _told()
    text = flat(told["text"])
    assert told["recipient"] == "lucie.lefevre@romainville.example"
    for words in (
        "La Ville de Pantin a repris les agents de la Ville de Romainville dans CONVERGENCES le",
        "Votre compte continue, avec la même adresse et le même mot de passe",
        "Octime : la Ville de Pantin n'a pas, ou plus, d'abonnement.",
        "vos référents administrateurs : Moussa Diarra et Nadia Ferhat.",
    ):
        assert words in text
    assert "BIP" not in text
    assert "gardé" not in text


def test_a_contract_whose_last_day_is_past_tells_its_agents_once(cast: Cast, offered: Offered) -> None:
    Subscription.objects.filter(application=offered.octime).update(ends_on=in_days(2))
    for days, mailed in ((2, 0), (3, 2), (4, 2), (30, 2)):
        with time_machine.travel(clock.now() + dt.timedelta(days=days), tick=False):
            while losses.note_ended(clock.today()):
                pass
            assert len(_told()) == mailed
    assert "l'abonnement de cet employeur a pris fin le" in flat(mails()[-1]["text"])


def test_seats_and_openings_say_their_own_reason(cast: Cast, offered: Offered) -> None:
    offering.offer(cast.pantin, offered.octime, Contract(LONG_AGO, None, 1), None, actor=SYSTEM)
    offering.offer(cast.pantin, offered.paie, Contract(LONG_AGO), in_days(20), actor=SYSTEM)
    claire, moussa = (flat(mail["text"]) for mail in _told())
    assert "Paie : elle ouvre pour la Ville de Pantin le" in claire
    assert "toutes les places de l'abonnement de la Ville de Pantin sont prises" in moussa
