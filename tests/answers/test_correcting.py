"""A paper answer that was badly copied is typed again with its scan: the autorité territoriale has nothing to do."""

from pathlib import Path
from typing import Any

import pytest

from convergences.campaigns.models import Designation, DesignationState, KeptScan
from convergences.campaigns.services import deciding, paper
from convergences.foundations.models import OutboxMessage
from tests.answers.doing import accepting, browser, correspondent, fr, keyed, keying, picture, said, sheet
from tests.campaigns.answering import PAUL, answer, asked, received
from tests.campaigns.doing import acting
from tests.cast import Cast, join

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def _on_paper(cast: Cast) -> Designation:
    return paper.key_in(asked(cast), answer(PAUL), picture(), actor=acting(cast.julien))


def test_the_second_pair_of_eyes_corrects_and_the_first_accepts(cast: Cast) -> None:
    first, odile = _on_paper(cast), browser(correspondent(cast))
    assert "Corriger la saisie" in said(odile.get(sheet(first)))
    page = said(odile.post(sheet(first, "corriger"), follow=True))
    for words in ("paul.roux@pantin.example", "Bertrand Kern", f"{first.receipt_number}.jpg", str(first.signed_on)):
        assert words in page, words
    kept = str(KeptScan.objects.get().uid)
    odile.post(keying(first.invitation), keyed(corrige=str(first.uid), kept=kept, family_name_2="Rou"))
    first.refresh_from_db()
    second = Designation.objects.get(state=DesignationState.RECEIVED)
    assert (first.state, second.keyed_by) == (DesignationState.REPLACED, "Odile Bertin")
    assert paper.read_scan(second, actor=acting(cast.julien)) == paper.read_scan(first, actor=acting(cast.julien))
    assert not OutboxMessage.objects.filter(kind="campaigns.sent_back").exists()
    assert "Julien Moreau" in said(odile.get(sheet(second)))
    accepting(browser(cast.julien), second)
    second.refresh_from_db()
    assert second.state == DesignationState.VALIDATED


def test_an_answer_given_online_or_decided_is_not_typed_again(cast: Cast) -> None:
    julien, online = browser(cast.julien), received(cast)
    assert "Corriger" not in said(julien.get(sheet(online)))
    assert fr("n'est plus à corriger") in said(julien.post(sheet(online, "corriger"), follow=True))
    deciding.send_back(online, "Voir le papier", actor=acting(cast.julien))
    on_paper = paper.key_in(online.invitation, answer(), picture(), actor=acting(cast.julien))
    deciding.send_back(on_paper, "Illisible", actor=acting(cast.julien))
    assert fr("n'est plus à corriger") in said(julien.post(sheet(on_paper, "corriger"), follow=True))
    assert not KeptScan.objects.exists()


def test_what_was_decided_meanwhile_is_told_and_what_was_typed_stays(cast: Cast) -> None:
    first, julien = _on_paper(cast), browser(cast.julien)
    julien.post(sheet(first, "corriger"))
    form = keyed(corrige=str(first.uid), kept=str(KeptScan.objects.get().uid))
    online = received(cast)
    page = said(julien.post(keying(first.invitation), form))
    assert sheet(online) in page
    assert "paul.roux@pantin.example" in page
    deciding.send_back(online, "Voir le papier", actor=acting(cast.julien))
    page = said(julien.post(keying(first.invitation), form))
    assert fr("La réponse que vous corrigez n'attend plus") in page
    assert not Designation.objects.filter(state=DesignationState.RECEIVED).exists()


def test_who_works_for_the_employer_corrects_nothing(cast: Cast) -> None:
    first, julien = _on_paper(cast), browser(cast.julien)
    join(cast.julien.agent, cast.pantin)
    assert "Corriger" not in said(julien.get(sheet(first)))
    assert "un autre correspondant" in said(julien.post(sheet(first, "corriger"), follow=True))
    assert not KeptScan.objects.exists()
