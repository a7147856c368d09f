"""Acts on a selection: what would happen is said first, agent by agent; all is done or nothing."""

from typing import Any

import pytest

from convergences.audit.models import AuditEvent
from convergences.catalog.models import Subscription
from convergences.directory.models import AgentState, Membership
from convergences.foundations.models import OutboxMessage
from tests.cast import LONG_AGO, Cast, member
from tests.team.pages import client, held, right, team, words

pytestmark = pytest.mark.database

BULK = team("utilisateurs/selection")


def _send(cast: Cast, action: str, *members: Membership, follow: bool = True, **fields: Any) -> Any:
    form = {"action": action, "u": [str(each.uid) for each in members], **fields}
    return client(cast.nadia).post(BULK, form, follow=follow)


def test_reading_the_address_leads_to_the_list(cast: Cast) -> None:
    assert client(cast.nadia).get(BULK)["Location"] == team("utilisateurs")


def test_an_empty_selection_says_what_to_do(cast: Cast) -> None:
    assert "Cochez au moins un agent" in words(_send(cast, "grant"))


@pytest.mark.parametrize("action", ["", "delete", "promote"])
def test_an_unknown_act_does_nothing(cast: Cast, action: str) -> None:
    assert "Cette action n'existe pas" in words(_send(cast, action, cast.claire))


@pytest.mark.parametrize("word", ["", "x", "1", "00000000-0000-0000-0000-000000000000", "' OR 1=1"])
def test_an_identifier_that_is_nobodys_refuses_the_whole(cast: Cast, word: str) -> None:
    form = {"action": "suspend", "step": "confirm", "reason": "Autre", "u": [str(cast.claire.uid), word]}
    assert "Rien n'a été fait" in words(client(cast.nadia).post(BULK, form, follow=True))
    assert not Membership.objects.filter(suspended_at__isnull=False).exists()


def test_granting_asks_for_the_right_then_shows_then_does(cast: Cast) -> None:
    right(cast.moussa, cast.bip)
    chosen = (cast.claire, cast.moussa)
    assert "Voir ce qui va se passer" in words(_send(cast, "grant", *chosen))
    shown = words(_send(cast, "grant", *chosen, right="bip:manager", ends_on="", step="preview"))
    assert "1 sur 2 agents" in shown
    assert "A déjà un droit, gardé tel quel" in shown
    assert held(cast.claire) == set()
    done = _send(cast, "grant", *chosen, right="bip:manager", ends_on="", step="confirm", previewed="bip:manager|")
    assert "BIP (Gérer) donné à 1 agent. 1 agent n'était pas concerné." in words(done)
    assert held(cast.claire) == {("bip", ("manager",))}
    assert held(cast.moussa) == {("bip", ("reader",))}


def test_a_choice_changed_after_the_preview_is_previewed_again(cast: Cast) -> None:
    fields = {"right": "bip:manager", "ends_on": "", "step": "confirm", "previewed": "bip:reader|"}
    assert "Ce qui va se passer" in words(_send(cast, "grant", cast.claire, **fields))
    assert held(cast.claire) == set()


def test_confirming_twice_gives_once(cast: Cast) -> None:
    fields = {"right": "bip:reader", "ends_on": "", "step": "confirm", "previewed": "bip:reader|"}
    _send(cast, "grant", cast.claire, **fields)
    assert "Il n'y avait rien à faire" in words(_send(cast, "grant", cast.claire, **fields))
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"right": ""}, {"right": "inconnue:reader"}, {"right": "bip:owner"}, {"right": "bip"},
        {"right": ["bip:reader"] * 2},
        {"right": "bip:reader", "ends_on": "2001-01-01"}, {"right": "bip:reader", "ends_on": "9999-01-01"},
        {"right": "bip:reader", "ends_on": "bientôt"},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_choice_gives_nothing(cast: Cast, wrong: dict[str, Any]) -> None:
    fields = {"ends_on": "", "step": "confirm", "previewed": f"{wrong['right']}|{wrong.get('ends_on', '')}", **wrong}
    assert _send(cast, "grant", cast.claire, **fields).status_code == 422
    assert held(cast.claire) == set()


def test_seats_are_counted_in_the_preview(cast: Cast) -> None:
    cast.bip.affiliations = []
    cast.bip.save()
    Subscription.objects.create(organization=cast.pantin, application=cast.bip, seats=1, starts_on=LONG_AGO)
    fields = {"right": "bip:reader", "ends_on": "", "step": "preview"}
    shown = words(_send(cast, "grant", cast.claire, cast.moussa, **fields))
    assert "1 sur 2 agents" in shown
    assert "Plus de place dans l'abonnement" in shown


def test_suspending_several_leaves_oneself_out(cast: Cast) -> None:
    shown = words(_send(cast, "suspend", cast.claire, cast.nadia))
    assert "C'est votre propre compte" in shown
    done = _send(cast, "suspend", cast.claire, cast.nadia, step="confirm", reason="Autre")
    assert "1 compte suspendu" in words(done)
    assert Membership.objects.get(pk=cast.claire.pk).suspended_at
    assert Membership.objects.get(pk=cast.nadia.pk).suspended_at is None


def test_suspending_without_a_reason_is_refused(cast: Cast) -> None:
    assert _send(cast, "suspend", cast.claire, step="confirm", reason="").status_code == 422
    assert Membership.objects.get(pk=cast.claire.pk).suspended_at is None


def test_one_refusal_undoes_the_whole_and_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from convergences.directory.errors import WrongState
    from convergences.lifecycle.services import several

    real = several.suspend

    def fails_on_moussa(member: Membership, **given: Any) -> Membership:
        if member.pk == cast.moussa.pk:
            raise WrongState("Ce compte est déjà suspendu.")
        return real(member, **given)

    monkeypatch.setattr(several, "suspend", fails_on_moussa)
    answer = _send(cast, "suspend", cast.claire, cast.moussa, step="confirm", reason="Autre", notify="on")
    assert "Ce compte est déjà suspendu. Rien n'a été fait." in words(answer)
    assert not Membership.objects.filter(suspended_at__isnull=False).exists()
    assert not AuditEvent.objects.exists()


def test_invitations_leave_to_those_who_have_not_come(cast: Cast) -> None:
    sophie = member(cast.pantin, "Sophie Delorme", state=AgentState.INVITED)
    assert "S'est déjà connecté" in words(_send(cast, "invite", sophie, cast.claire))
    assert "Invitation renvoyée à 1 agent" in words(_send(cast, "invite", sophie, cast.claire, step="confirm"))
    assert OutboxMessage.objects.get().recipient == sophie.agent.email
    assert "moins de 10 minutes" in words(_send(cast, "invite", sophie))


def test_too_many_agents_at_once_are_refused(cast: Cast) -> None:
    form = {"action": "invite", "u": [f"00000000-0000-0000-0000-{number:012}" for number in range(101)]}
    assert "100 agents au plus" in words(client(cast.nadia).post(BULK, form, follow=True))
