"""An application that speaks SAML 2.0: its own pages, and the protocol's addresses."""

from typing import Any

from convergences_demo.hall.place import Place
from convergences_demo.hall.saml import Manner, Provider
from convergences_demo.hall.saml_envelopes import route
from convergences_demo.hall.web import Route, Site


def build(place: Place, manner: Manner, routes: dict[str, Route], words: dict[str, Any]) -> Site:
    """Return the application."""
    provider = Provider(place, manner)
    protocol = {**provider.routes(), "/saml/slo/soap": route(provider)}
    return Site(place, {**protocol, **routes}, provider.way_in, words)
