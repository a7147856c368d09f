"""The second step is proposed once, kindly; of who acts for others it is asked, with its date."""

import datetime as dt

import pytest
import time_machine

from convergences.authentication.models import Proposal
from convergences.foundations import clock
from tests.authentication.proving import with_totp
from tests.cast import Cast, signed_in
from tests.home.rights import text

pytestmark = pytest.mark.database

PROPOSED = "Protégez votre compte en deux étapes"


def test_an_agent_is_proposed_it_until_they_answer_and_never_again(cast: Cast) -> None:
    claire = signed_in(cast.claire.agent)
    page = text(claire.get("/"))
    assert PROPOSED in page
    assert 'href="/annuaire/securite/deux-etapes"' in page
    assert not Proposal.objects.exists()
    assert claire.post("/plus-tard")["Location"] == "/"
    assert PROPOSED not in text(claire.get("/"))
    assert PROPOSED not in text(signed_in(cast.claire.agent).get("/"))


def test_reading_an_address_answers_nothing(cast: Cast) -> None:
    assert signed_in(cast.claire.agent).get("/plus-tard").status_code == 405
    assert not Proposal.objects.exists()


def test_a_form_from_another_site_answers_nothing(cast: Cast) -> None:
    assert signed_in(cast.claire.agent, enforce_csrf_checks=True).post("/plus-tard").status_code == 403
    assert not Proposal.objects.exists()


def test_answering_twice_is_answering(cast: Cast) -> None:
    claire = signed_in(cast.claire.agent)
    assert [claire.post("/plus-tard").status_code for _ in range(2)] == [302, 302]
    assert Proposal.objects.count() == 1


def test_who_has_a_second_factor_is_proposed_none(cast: Cast) -> None:
    with_totp(cast.claire.agent, password=False)
    assert PROPOSED not in text(signed_in(cast.claire.agent).get("/"))


def test_a_referent_reads_until_when_they_may_do_without(cast: Cast) -> None:
    page = text(signed_in(cast.nadia.agent).get("/"))
    assert "Il vous reste 14 jours" in page
    assert PROPOSED not in page
    assert "Plus tard" not in page


def test_a_referent_whose_time_is_over_reads_it_and_keeps_their_applications(cast: Cast) -> None:
    with time_machine.travel(clock.now() + dt.timedelta(days=15)):
        page = text(signed_in(cast.nadia.agent).get("/"))
        assert "Vos pages de gestion attendent une vérification en deux étapes" in page
        with_totp(cast.nadia.agent, password=False)
        assert "attendent une vérification" not in text(signed_in(cast.nadia.agent).get("/"))
