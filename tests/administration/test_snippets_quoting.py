"""A value as each language writes it is read back by that language as it was, whoever typed it."""

import ast
import json
import re
import subprocess

import pytest
from ruamel.yaml import YAML

from convergences.web.panels.snippets import quoting, written
from convergences.web.panels.snippets.quoting import UnsayableError

NASTY = [
    "'",
    '"',
    "\\",
    "\\'",
    '\\"',
    "$(id)",
    "`id`",
    "\n",
    "a\nb: c",
    "</script>",
    "é\u2028\x85",
    "😀",
    "?>",
    "*/",
    "#",
]


@pytest.mark.parametrize("value", NASTY)
def test_a_value_is_read_back_by_its_language_as_it_was(value: str) -> None:
    assert ast.literal_eval(quoting.python(value)) == value
    assert json.loads(quoting.javascript(value)) == value
    assert YAML(typ="safe").load(quoting.yaml(value)) == value
    assert "<" not in quoting.javascript(value)
    shown = subprocess.run(["sh", "-c", f"printf %s {quoting.shell(value)}"], capture_output=True, check=True)
    assert shown.stdout.decode() == value
    inside = quoting.php(value)[1:-1]
    assert re.sub(r"\\([\\'])", r"\1", inside) == value
    assert not re.search(r"(?<!\\)(?:\\\\)*'", inside)


@pytest.mark.parametrize(("literal", "value"), [(quoting.apache, "${HOME}"), (quoting.apache, "a\nb"),
                         (quoting.spring, "${HOME}"), (quoting.java, "{baseUrl}")])  # fmt: skip
def test_what_a_language_would_expand_is_refused_not_altered(literal: quoting.Literal, value: str) -> None:
    with pytest.raises(UnsayableError):
        literal(value)


def test_what_a_value_holds_is_never_a_place_to_fill() -> None:
    filled = written.fill("a = @@one@@", {"one": "@@two@@", "two": "no"}, frozenset(), quoting.python)
    assert filled == 'a = "@@two@@"\n'
