"""The template checker sees what it says it sees; and the product's templates pass it."""

import pytest

from tools.templates import problems_in


def problems(source: str, name: str = "home/portal.html") -> list[str]:
    """Return what is said of a template."""
    return [problem.text for problem in problems_in(source, name)]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<div><p>a</div>", "</div> closes nothing; </p> was expected"),
        ("<ul><li>a</ul></li>", "</ul> closes nothing; </li> was expected"),
        ("<main>", "<main> is never closed"),
        ('<p style="color:red">a</p>', "inline style: the CSP refuses it; put it in the style sheet"),
        ("<style>p{}</style>", "inline style: the CSP refuses it; put it in the style sheet"),
        ("<script>alert(1)</script>", "inline script: the CSP refuses it; put it in a file"),
        ('<button onclick="go()">a</button>', "onclick= runs a script that the CSP refuses"),
        ('<a href="javascript:go()">a</a>', "href= holds an address that the CSP refuses"),
        ('<img src="a.png">', "<img> without alt (RGAA 1.1)"),
        ("{{ name|safe }}", "text put in a page without escaping"),
        ('{% extends "web/app.html" %}{% block content %}a{% endblock %}', "the page has no {% block title %}"),
    ],
)
def test_a_fault_is_seen(source: str, said: str) -> None:
    assert said in problems(source)


@pytest.mark.parametrize(
    "source",
    [
        '{% if a %}<p class="{% if b %}c{% endif %}">{{ d }}</p>{% endif %}',
        '<img src="{{ photo }}" alt="">',
        '<script src="{% static "js/app.js" %}" defer></script>',
        "{% comment %}<div>{% endcomment %}<br><hr>",
        '{% extends "web/app.html" %}{% block title %}Journal{% endblock %}',
        '<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>',
    ],
)
def test_a_sound_template_passes(source: str) -> None:
    assert problems(source) == []


def test_mails_may_hold_the_styles_that_mail_readers_need() -> None:
    assert problems('<p style="margin:0">a</p>', "directory/mail/invitation.html") == []


def test_the_line_of_a_fault_is_told() -> None:
    [problem] = problems_in("{% comment %}\n\n{% endcomment %}\n<p>\n</p></i>", "home/portal.html")
    assert str(problem).startswith("home/portal.html:5: </i>")
