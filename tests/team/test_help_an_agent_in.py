"""The invitation again, a link to choose a password, the end of sessions."""

import pytest

from convergences.audit.models import AuditEvent
from convergences.authentication.models import SingleUseCode
from convergences.directory.models import AgentState, Membership
from convergences.foundations.models import OutboxMessage
from tests.cast import Cast, member
from tests.team.pages import client, sheet, words

pytestmark = pytest.mark.database


@pytest.fixture
def sophie(cast: Cast) -> Membership:
    """An agent of Pantin who has never come."""
    return member(cast.pantin, "Sophie Delorme", state=AgentState.INVITED)


def test_the_invitation_is_sent_again_once_in_ten_minutes(cast: Cast, sophie: Membership) -> None:
    nadia = client(cast.nadia)
    told = words(nadia.post(sheet(sophie, "invitation"), follow=True))
    assert "Une nouvelle invitation part à sophie.delorme@pantin.example" in told
    assert "Attendez 10 minutes" in words(nadia.post(sheet(sophie, "invitation"), follow=True))
    assert OutboxMessage.objects.count() == 1


def test_somebody_who_has_come_is_not_invited(cast: Cast) -> None:
    told = words(client(cast.nadia).post(sheet(cast.claire, "invitation"), follow=True))
    assert "n'attend pas d'invitation" in told
    assert not OutboxMessage.objects.exists()


def test_a_link_to_choose_a_password_leaves_and_the_referent_sees_none(cast: Cast) -> None:
    answer = client(cast.nadia).post(sheet(cast.claire, "mot-de-passe"), follow=True)
    assert "Un lien pour choisir un mot de passe part à claire.nguyen@pantin.example" in words(answer)
    assert SingleUseCode.objects.get().agent_id == cast.claire.agent_id
    assert OutboxMessage.objects.get().recipient == cast.claire.agent.email
    event = AuditEvent.objects.get(action="lifecycle.password_link_sent")
    assert (event.organization_id, event.actor_id) == (cast.pantin.pk, cast.nadia.agent_id)


def test_no_link_for_somebody_who_has_never_come(cast: Cast, sophie: Membership) -> None:
    told = words(client(cast.nadia).post(sheet(sophie, "mot-de-passe"), follow=True))
    assert "renvoyez plutôt l'invitation" in told
    assert not OutboxMessage.objects.exists()


def test_closing_sessions_signs_the_agent_out_everywhere(cast: Cast) -> None:
    first, second = client(cast.claire), client(cast.claire)
    client(cast.nadia).post(sheet(cast.claire, "sessions"))
    assert first.get("/annuaire/profil").status_code == 302
    assert second.get("/annuaire/profil").status_code == 302
    assert AuditEvent.objects.filter(action="lifecycle.sessions_closed", organization_id=cast.pantin.pk).count() == 1
