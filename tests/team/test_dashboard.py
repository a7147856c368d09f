"""The dashboard: real figures, each leading to its list."""

import datetime as dt
import re

import pytest

from convergences.directory.models import Agent, AgentState, Organization, Profile, Role, StaffRole
from convergences.foundations import clock
from tests.cast import Cast, join, member
from tests.team.pages import client, right, sheet, team, words

pytestmark = pytest.mark.database


def test_figures_are_those_of_the_town(cast: Cast) -> None:
    member(cast.pantin, "Sophie Delorme", state=AgentState.INVITED)
    member(cast.romainville, "Zoé Petit", state=AgentState.INVITED)
    right(cast.claire, cast.bip, ends_on=clock.today() + dt.timedelta(days=9))
    right(cast.lucie, cast.bip, ends_on=clock.today() + dt.timedelta(days=9))
    told = words(client(cast.nadia).get(team()))
    assert "Vous administrez les accès de la Ville de Pantin · 4 utilisateurs" in told
    assert "1 compte jamais activé" in told
    assert "1 droit qui expire bientôt" in told
    assert "0 compte suspendu" in told


def test_each_figure_leads_to_its_list(cast: Cast) -> None:
    nadia = client(cast.nadia)
    links = re.findall(r'<a href="([^"]*\?etat=[^"]*)"', nadia.get(team()).content.decode())
    assert len(links) >= 3
    assert {nadia.get(link).status_code for link in links} == {200}


def test_a_right_that_expires_is_extended_from_its_line(cast: Cast) -> None:
    right(cast.claire, cast.bip, ends_on=clock.today() + dt.timedelta(days=9))
    page = client(cast.nadia).get(team())
    assert f'href="{sheet(cast.claire)}#fin-bip"' in page.content.decode()
    assert "9 jours" in words(page)


def test_the_last_acts_are_told(cast: Cast) -> None:
    nadia = client(cast.nadia)
    nadia.post(sheet(cast.claire, "suspendre"), {"reason": "Autre"})
    told = words(nadia.get(team()))
    assert "Compte suspendu : Claire Nguyen" in told
    assert "· vous" in told


def test_the_directory_leads_a_referent_here_and_a_user_to_their_sheet(cast: Cast) -> None:
    assert client(cast.nadia).get("/annuaire/")["Location"] == team()
    assert client(cast.claire).get("/annuaire/")["Location"] == "/annuaire/profil"


def test_a_referent_of_two_towns_goes_from_one_to_the_other(cast: Cast) -> None:
    join(cast.nadia.agent, cast.romainville, profile=Profile.REFERENT)
    nadia = client(cast.nadia)
    page = nadia.get(team()).content.decode()
    assert f'href="{team(key="romainville")}"' in page
    assert "Ville de Romainville" in words(nadia.get(team(key="romainville")))


def test_a_town_where_one_is_only_a_user_is_not_in_the_menu(cast: Cast) -> None:
    join(cast.nadia.agent, cast.romainville)
    assert team(key="romainville") not in client(cast.nadia).get(team()).content.decode()


def test_the_correspondent_who_follows_the_town_is_named_with_how_to_reach_them(cast: Cast) -> None:
    other = member(cast.center, "Rose Amar")
    StaffRole.objects.create(agent=other.agent, role=Role.CORRESPONDENT, granted_at=clock.now())
    Agent.objects.filter(pk=other.agent_id).update(phone="+33156968080")
    Organization.objects.filter(pk=cast.pantin.pk).update(correspondent=other.agent)
    page = client(cast.nadia).get(team())
    assert "Votre correspondant CIG RA Rose Amar +33156968080 rose.amar@cig.example" in words(page)
    assert 'href="mailto:rose.amar@cig.example"' in page.content.decode()
    assert "Julien Moreau" in words(client(cast.karim).get(team(key="romainville")))


def test_without_correspondent_the_dashboard_names_nobody(cast: Cast) -> None:
    StaffRole.objects.all().delete()
    assert "Votre correspondant" not in words(client(cast.nadia).get(team()))
