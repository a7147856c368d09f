"""Figures lead to what they count, filters narrow all of them at once; all the silent are reminded, once a day."""

import datetime as dt
import re

import pytest
import time_machine

from convergences.campaigns.errors import WrongState
from convergences.campaigns.models import Campaign, Invitation, Mailing
from convergences.campaigns.services import mailing, preparing
from convergences.directory.errors import ForTheCentre
from convergences.directory.models import Organization
from convergences.directory.narrowing import Narrowing
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from tests.campaign_pages.pages import LIST, asking, julien, sheet
from tests.campaigns.doing import acting, drain, running
from tests.cast import Cast
from tests.team.pages import words

pytestmark = pytest.mark.database


def _reminded() -> list[str]:
    return list(OutboxMessage.objects.filter(kind="campaigns.reminder").values_list("recipient", flat=True))


def _mixed(cast: Cast) -> Campaign:
    campaign = asking(cast, 4)
    for state, key in (("received", "pantin"), ("validated", "saint-elie-0"), ("validated", "saint-elie-1")):
        Invitation.objects.filter(organization__key=key).update(state=state)
    Organization.objects.filter(key="saint-elie-2").update(authority_email="", kind="ccas", correspondent=None)
    return campaign


def test_each_figure_leads_to_a_list_as_long_as_it_says(cast: Cast) -> None:
    campaign, browser = _mixed(cast), julien(cast)
    figures = browser.get(sheet(campaign)).context["figures"]
    expected = {
        "recues": figures.answered, "": figures.silent, "a-verifier": figures.to_check,
        "sans-adresse": figures.unaddressed, "tous": figures.total, "validees": 2, "x' OR 1=1": figures.silent,
    }  # fmt: skip
    found = {
        state: browser.get(sheet(campaign), {"etat": state}).context["page_obj"].paginator.count for state in expected
    }
    assert found == expected
    assert (figures.answered, figures.silent, figures.to_check, figures.unaddressed) == (3, 3, 1, 1)
    page = browser.get(sheet(campaign)).content.decode()
    assert f'href="/espace-cig/reponses-a-verifier?campagne={campaign.uid}"' in page


def test_every_link_of_the_tables_counts_what_it_shows(cast: Cast) -> None:
    campaign, browser = _mixed(cast), julien(cast)
    page = browser.get(sheet(campaign)).content.decode()
    cells = re.findall(r'<a href="(\?[^"#]*)#employeurs" aria-label="[^"]*">(\d+)', page)
    assert len(cells) == 7  # no CCAS has answered
    for href, figure in cells:
        listed = browser.get(sheet(campaign) + href.replace("&amp;", "&")).context["page_obj"]
        assert listed.paginator.count == int(figure), href


@pytest.mark.parametrize(
    ("query", "total"), [("departement=93", 2), ("nature=ccas", 1), ("departement=94&nature=commune", 3)]
)
def test_a_filter_narrows_figures_bars_and_list_alike(cast: Cast, query: str, total: int) -> None:
    context = julien(cast).get(f"{sheet(_mixed(cast))}?{query}&etat=tous").context
    assert context["figures"].total == total
    assert [sum(bar.total for bar in table[3]) for table in context["tables"]] == [total, total]
    assert context["page_obj"].paginator.count == total


def test_a_correspondent_sees_what_is_theirs(cast: Cast) -> None:
    context = julien(cast).get(f"{sheet(_mixed(cast))}?correspondant={cast.julien.agent_id}").context
    assert context["figures"].total == 5
    assert context["asked"].words == ["Employeurs de Julien Moreau"]


def test_the_preview_says_who_and_when_and_writes_nothing(cast: Cast) -> None:
    campaign, browser = _mixed(cast), julien(cast)
    Invitation.objects.filter(organization=cast.romainville).update(
        reminded_at=clock.now(), reminded_for=clock.today(), reminder_count=1
    )
    page = browser.get(sheet(campaign, "relancer-tous"))
    assert [each.organization.key for each in page.context["page_obj"]] == ["saint-elie-2", "saint-elie-3"]
    said = words(page)
    assert "1 e-mail part" in said
    assert "1 employeur sans adresse e-mail officielle" in said
    assert "1 employeur déjà relancé aujourd'hui" in said
    assert Mailing.objects.filter(kind="reminder").count() == 0


def test_all_the_silent_of_a_part_are_reminded_once_whoever_asks_again(cast: Cast) -> None:
    campaign, browser = asking(cast, 3), julien(cast)
    form = {"departement": "94", "parmi": "departement=94"}
    assert "3 employeurs sont relancés" in words(browser.post(sheet(campaign, "relancer-tous"), form, follow=True))
    assert "est en train de partir" in words(browser.post(sheet(campaign, "relancer-tous"), form, follow=True))
    drain()
    assert _reminded() == ["maire@saint-elie.example"] * 3
    assert "Personne n'est à relancer" in words(browser.post(sheet(campaign, "relancer-tous"), form, follow=True))
    browser.post(sheet(campaign, "relancer-tous"), {"parmi": ""})  # everybody: only those not reminded yet
    drain()
    assert (
        sorted(_reminded()) == ["maire@pantin.example", "maire@romainville.example"] + ["maire@saint-elie.example"] * 3
    )


def test_a_choice_that_no_longer_means_the_same_reminds_nobody(cast: Cast) -> None:
    campaign, browser = asking(cast, 2), julien(cast)
    for form in ({"parmi": "departement=94"}, {"departement": "99", "parmi": "departement=99"}):
        answer = browser.post(sheet(campaign, "relancer-tous"), form)
        assert answer["Location"].startswith(sheet(campaign, "relancer-tous"))
    assert not Mailing.objects.filter(kind="reminder").exists()


def test_what_leaves_after_midnight_counts_for_the_day_it_leaves(cast: Cast) -> None:
    campaign = running(cast)
    late = dt.datetime(2027, 3, 1, 22, 55, tzinfo=dt.UTC)  # 23 h 55 in Paris
    with time_machine.travel(late, tick=False):
        mailing.remind_all(campaign, Narrowing(), actor=acting(cast.julien))
    with time_machine.travel(late + dt.timedelta(minutes=10), tick=False):
        drain()
        with pytest.raises(WrongState):
            mailing.remind_all(campaign, Narrowing(), actor=acting(cast.julien))
    assert len(_reminded()) == 2


def test_only_the_centre_reminds_and_only_while_the_campaign_runs(cast: Cast) -> None:
    campaign = running(cast)
    with pytest.raises(ForTheCentre):
        mailing.remind_all(campaign, Narrowing(), actor=acting(cast.nadia))
    preparing.pause(campaign, actor=acting(cast.julien))
    with pytest.raises(WrongState):
        mailing.remind_all(campaign, Narrowing(), actor=acting(cast.julien))


def test_a_closed_campaign_gives_a_second_one_filled_in(cast: Cast) -> None:
    campaign, browser = _mixed(cast), julien(cast)
    preparing.close(campaign, actor=acting(cast.julien))
    assert f'href="{LIST}/preparer?suite={campaign.uid}"' in browser.get(sheet(campaign)).content.decode()
    page = browser.get(f"{LIST}/preparer", {"suite": str(campaign.uid)})
    form = page.context["form"]
    assert page.context["reach"].total == 3
    assert (form.initial["unanswered_of"], form.initial["mail_subject"]) == (str(campaign.uid), campaign.mail_subject)
    posted = {name: value for name, value in form.initial.items() if value}
    assert browser.post(f"{LIST}/preparer", posted).status_code == 302
    assert Campaign.objects.exclude(pk=campaign.pk).get().filters == {"unanswered_of": str(campaign.uid)}
    for wrong in ("x", "%00", "00000000-0000-0000-0000-000000000000"):
        assert browser.get(f"{LIST}/preparer?suite={wrong}").context["form"].initial["mail_subject"]
