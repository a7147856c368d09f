"""Typography is put in what people read, and nowhere else."""

import pytest

from convergences.web.wording.typography import typeset

NB = "\u00a0"


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("<p>L'agent d'ici</p>", "<p>L’agent d’ici</p>"),
        ("<p>Qui ? Lui !</p>", f"<p>Qui{NB}? Lui{NB}!</p>"),
        ("<p>« Oui »</p>", f"<p>«{NB}Oui{NB}»</p>"),
        ("<p>d'{{ name }} : 5 Mo</p>", f"<p>d’{{{{ name }}}}{NB}: 5{NB}Mo</p>"),
        ('<a aria-label="L\'aide ?" href="/l\'x ?">x</a>', f'<a aria-label="L’aide{NB}?" href="/l\'x ?">x</a>'),
        ('<input placeholder="d\'un {{ x|default:"l\'a" }}">', '<input placeholder="d’un {{ x|default:"l\'a" }}">'),
        ("{% if a == 'l' %}l'a{% endif %}", "{% if a == 'l' %}l’a{% endif %}"),
        ("<a{% if a > b %} title=\"l'a\"{% endif %}>l'a</a>", '<a{% if a > b %} title="l’a"{% endif %}>l’a</a>'),
        ("<script>let a = 'l'; b ? c : d</script>l'a", "<script>let a = 'l'; b ? c : d</script>l’a"),
        ("<pre>l'a</pre><code>b ?</code>l'a", "<pre>l'a</pre><code>b ?</code>l’a"),
        ("<!-- l'a ? -->l'a", "<!-- l'a ? -->l’a"),
        ("{# l'a ? #}l'a", "{# l'a ? #}l’a"),
    ],
)
def test_a_page_is_typeset(source: str, read: str) -> None:
    assert typeset(source, html=True) == read


def test_a_mail_in_text_is_typeset_whole() -> None:
    assert typeset("Objet : l'accès <à {{ x|y:'l' }}>", html=False) == f"Objet{NB}: l’accès <à {{{{ x|y:'l' }}}}>"
