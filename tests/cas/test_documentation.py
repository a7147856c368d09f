"""The page for who connects an application by CAS names every element that it may read."""

import re
from typing import Any

from convergences.catalog.sheet import ATTRIBUTES
from convergences.protocols.cas import answers
from tests.oidc.live import ROOT


def test_every_element_is_named() -> None:
    page = (ROOT / "docs/users/connecter-par-cas.md").read_text()
    employer = {"name": "Ville de Pantin", "siret": "21930055500014", "kind": "commune"}
    known: dict[str, Any] = dict.fromkeys(ATTRIBUTES, "x") | {"organization": employer}
    table = page.partition("Les noms possibles")[2].partition("Un agent entre pour")[0]
    assert set(re.findall(r"`cas:(\w+)`", table)) == set(answers.flattened(known))
