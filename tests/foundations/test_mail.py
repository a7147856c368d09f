"""Writing a mail from its two templates."""

import copy
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import override_settings

from convergences.foundations.mail import compose

TEXT = """{% extends "foundations/mail/base.txt" %}{% block subject %}Le compte de {{ name }} est prêt{% endblock %}
{% block content %}Bonjour {{ name }},

{% if never %}Ceci ne paraît pas.{% endif %}

{{ base_url }}/premiere-visite?{{ long }}

Une ligne d’un trait dans le gabarit, coupée avant la marge, ce que les lecteurs de texte ne font pas.{% endblock %}"""
HTML = """{% extends "foundations/mail/base.html" %}{% block preheader %}Créez{% endblock %}
{% block content %}<p>{{ name }}</p>
{% include "foundations/mail/button.html" with url=base_url label="Ouvrir" %}{% endblock %}"""


@pytest.fixture(autouse=True)
def templates() -> Iterator[None]:
    configured = copy.deepcopy(settings.TEMPLATES)
    ours = {"t.txt": TEXT, "t.html": HTML, "bare.txt": "Bonjour", "bare.html": ""}
    configured[0]["OPTIONS"]["loaders"] = [
        ("django.template.loaders.locmem.Loader", ours),
        "convergences.web.wording.typography.Loader",
    ]
    with override_settings(TEMPLATES=configured):
        yield


def test_the_subject_is_the_first_line_of_the_text() -> None:
    mail = compose("invitation", "a@p.example", "t", {"name": "Léa d’Arc"})
    assert (mail.kind, mail.recipient, mail.subject) == ("invitation", "a@p.example", "Le compte de Léa d’Arc est prêt")
    assert mail.text.startswith("Bonjour Léa d’Arc,\n\nhttp://testserver/premiere-visite")
    assert "<title>Le compte de Léa d’Arc est prêt</title>" in mail.html


def test_a_name_is_plain_in_the_text_and_escaped_in_the_html() -> None:
    mail = compose("invitation", "a@p.example", "t", {"name": "<b>L'Hermite & fils</b>"})
    assert "Bonjour <b>L'Hermite & fils</b>," in mail.text
    assert "<b>" not in mail.html
    assert "&lt;b&gt;L&#x27;Hermite &amp; fils" in mail.html


@pytest.mark.parametrize("name", ["Léa\r\nBcc: eve@evil.example", "Léa\nX: y", "Léa\x00\x1b[31m", "Léa\u2028y"])
def test_a_name_with_a_line_break_adds_no_header(name: str) -> None:
    subject = compose("invitation", "a@p.example", "t", {"name": name}).subject
    assert subject.startswith("Le compte de Léa")
    assert not any(ord(character) < 32 or character == "\u2028" for character in subject)


def test_long_lines_are_cut_but_never_an_address_to_follow() -> None:
    text = compose("invitation", "a@p.example", "t", {"name": "Léa", "long": "x" * 200}).text
    assert f"/premiere-visite?{'x' * 200}\n" in text
    assert all(len(line) <= 76 for line in text.splitlines() if "://" not in line)
    assert "\n\n\n" not in text


def test_the_end_says_who_writes_and_that_no_password_is_ever_asked() -> None:
    mail = compose("invitation", "a@p.example", "t", {"name": "Léa"})
    assert "\n-- \nCIG petite couronne, 1 rue Lucienne-Gérain, 93698 Pantin Cedex\n" in mail.text
    assert "Nous ne vous demanderons jamais votre mot de passe" in mail.html


def test_nothing_is_fetched_when_the_mail_is_opened() -> None:
    html = compose("invitation", "a@p.example", "t", {"name": "Léa"}).html
    assert not any(word in html for word in ("<img", "src=", "url(", "<script", "<link", "{{", "{%"))


def test_a_text_without_a_subject_is_refused() -> None:
    with pytest.raises(ValueError, match="Objet"):
        compose("invitation", "a@p.example", "bare", {})
