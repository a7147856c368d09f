"""The house's tags: what they draw, and that nothing typed by anybody becomes markup."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory

from convergences.directory.models import Agent, Membership
from convergences.foundations.errors import Refusal
from convergences.web.forms.house import HouseForm

NB = "\u00a0"
EVIL = '"><script>alert(1)</script>'


def drawn(source: str, **context: Any) -> str:
    """Return a template's source, drawn."""
    return str(engines["django"].from_string(source).render(context))


def test_an_address_breaks_after_its_signs_and_never_at_its_hyphens() -> None:
    said = drawn("{{ email|address }}", email="anne-marie.le-goff@ville-de-pantin.example")
    pieces = ["anne-marie.", "le-goff@", "ville-de-pantin.", "example"]
    assert said.split("<wbr>") == [*(f'<span class="nowrap">{piece}</span>' for piece in pieces[:3]), pieces[3]]
    assert (
        drawn("{{ email|address }}", email=EVIL).count("<") == drawn("{{ email|address }}", email="@").count("<") == 0
    )


class Form(HouseForm):
    """One field of each kind."""

    missing = {"email": "Saisissez l'adresse."}
    email = forms.EmailField(label="Adresse e-mail")
    password = forms.CharField(label="Mot de passe", widget=forms.PasswordInput)
    agreed = forms.BooleanField(label="J'accepte", required=False)
    on = forms.DateField(label="Fin", required=False)
    role = forms.ChoiceField(label="Droit", choices=[("a", "Consulter"), ("b", "Gérer")], widget=forms.RadioSelect)


def test_a_field_ties_label_help_error_and_control() -> None:
    html = drawn('{% field form.email hint="L\'aide" autocomplete="off" %}', form=Form({}))
    assert '<label class="form-label" for="id_email">Adresse e-mail</label>' in html
    assert '<p class="hint" id="id_email-aide">L’aide</p>' in html
    assert 'id="id_email-erreur"' in html
    assert "Saisissez l’adresse." in html
    assert 'aria-describedby="id_email-aide id_email-erreur"' in html
    assert 'aria-invalid="true"' in html
    assert html.index("form-label") < html.index("-aide") < html.index("-erreur") < html.index("<input")


def test_what_was_typed_comes_back_as_text() -> None:
    html = drawn("{% field form.email %}", form=Form({"email": EVIL}))
    assert "<script>" not in html
    assert "&quot;&gt;&lt;script&gt;" in html


def test_a_password_is_never_sent_back() -> None:
    html = drawn("{% password form.password %}", form=Form({"password": "Secret-93-secret"}))
    assert "Secret-93" not in html
    assert 'autocomplete="current-password"' in html
    assert 'data-reveal="id_password"' in html


def test_a_new_password_knows_its_criteria() -> None:
    html = drawn('{% password form.password criteria="criteres" %}{% criteria %}', form=Form())
    assert 'data-criteria="criteres"' in html
    assert 'autocomplete="new-password"' in html
    assert 'aria-describedby="criteres"' in html
    assert html.count("data-rule=") == 3


def test_radio_buttons_are_cards_in_a_named_group() -> None:
    html = drawn("{% field form.role %}", form=Form({"role": "b"}))
    assert "<legend>Droit</legend>" in html
    assert html.count('class="form-check choice"') == 2
    assert 'value="b" id="id_role_1" required checked' in html.replace(' class="form-check-input"', "")


def test_a_switch_says_its_role() -> None:
    html = drawn("{% checkbox form.agreed switch=True %}", form=Form())
    assert 'role="switch"' in html
    assert "J’accepte" in html


def test_the_summary_of_errors_leads_to_each_field() -> None:
    form = Form({"password": "x", "role": "a", "email": ""})
    form.add_refusal(Refusal("C'est non", field="role"))
    form.add_refusal(Refusal("Rien ne va", field="elsewhere"))
    html = drawn('{% errors form "Le compte n\'a pas été créé" %}', form=form)
    assert "Le compte n’a pas été créé" in html
    assert '<a href="#id_email">Saisissez l’adresse.</a>' in html
    assert '<a href="#id_role">C’est non</a>' in html
    assert "<li>Rien ne va</li>" in html
    assert 'role="alert" tabindex="-1"' in html


def test_no_error_no_summary() -> None:
    assert drawn('{% errors form "x" %}', form=Form()) == ""


@pytest.mark.parametrize(
    "source", ["{% chip 'ok' evil %}", "{% crumbs evil '' %}", "{% notice 'warn' evil %}{{ evil }}{% endnotice %}"]
)
def test_what_comes_from_a_variable_stays_text(source: str) -> None:
    assert "<script>" not in drawn(source, evil=EVIL)


def test_a_notice_has_a_heading_when_asked() -> None:
    html = drawn('{% notice "warn" title="Attention" heading="h2" %}<p>Lisez.</p>{% endnotice %}')
    assert "<h2>Attention</h2><div><p>Lisez.</p></div>" in html
    assert "#alert-triangle" in html


def test_steps_say_which_are_done_and_which_is_current() -> None:
    html = drawn('{% steps "Adresse|Code|Fin" 2 %}')
    assert html.count('aria-current="step"') == 1
    assert f"Terminé{NB}: " in html
    assert "2. Code" in html


def test_pages_keep_the_filters_of_the_address() -> None:
    request = RequestFactory().get("/liste", {"q": "é&page=9", "page": "2"})
    html = drawn("{% pages page %}", page=Paginator(range(100), 10).page(2), request=request)
    assert 'href="?q=%C3%A9%26page%3D9&amp;page=3" aria-label="Page suivante"' in html
    assert 'aria-current="page" aria-label="Page 2"' in html
    assert "…" in html


def test_a_single_page_has_no_numbers() -> None:
    request = RequestFactory().get("/liste")
    assert drawn("{% pages page %}", page=Paginator(range(3), 10).page(1), request=request) == ""


def test_a_member_who_has_not_accepted_shows_what_the_employer_typed() -> None:
    agent = Agent(given_name="Claire", family_name="Nguyen")
    member = Membership(agent=agent, shown_given_name="Klara", shown_family_name="N’Guyen", confirmed_at=None)
    assert ">KN</span>" in drawn("{% avatar member %}", member=member)


@pytest.mark.parametrize(
    ("filtered", "value", "said"),
    [
        ("day", dt.date(2027, 3, 14), f"14{NB}mars{NB}2027"),
        ("day", dt.datetime(2027, 2, 28, 23, 30, tzinfo=dt.UTC), f"1er{NB}mars{NB}2027"),
        ("day", None, ""),
        ("moment", dt.datetime(2026, 11, 22, 7, 52, tzinfo=dt.UTC), f"Aujourd’hui à 8{NB}h{NB}52"),
        ("moment", dt.datetime(2026, 11, 21, 13, 0, tzinfo=dt.UTC), f"Hier à 14{NB}h"),
        ("moment", dt.datetime(2026, 11, 20, 16, 2, tzinfo=dt.UTC), f"20{NB}novembre{NB}2026 à 17{NB}h{NB}02"),
        ("in_days", dt.date(2026, 12, 1), f"Expire dans 9{NB}jours"),
        ("in_days", dt.date(2026, 11, 23), "Expire demain"),
        ("in_days", dt.date(2026, 11, 22), "Expire ce soir"),
        ("in_days", dt.date(2026, 11, 21), "Expiré"),
    ],
)
@time_machine.travel("2026-11-22T10:00:00Z", tick=False)
def test_days_and_hours_are_said_as_people_do(filtered: str, value: Any, said: str) -> None:
    assert drawn("{{ value|" + filtered + " }}", value=value) == said
