"""« Espace CIG », every address with identifiers that exist: for correspondants of the centre and for nobody else."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from convergences.authentication.models import Session
from convergences.campaigns.details import Filters
from convergences.campaigns.models import LetterScope
from convergences.campaigns.services import paper, posting, reconfirming
from convergences.directory.models import Agent, Role, StaffRole
from convergences.foundations import clock
from tests.answers.doing import picture
from tests.campaigns.answering import answer
from tests.campaigns.doing import acting
from tests.campaigns.post import written_to
from tests.cast import Cast, join, member, signed_in

pytestmark = [pytest.mark.long, pytest.mark.database]
SPACE = "espace-cig/"
POSTED = {"confirmer": "oui", "preparer": "oui", "when": "now", "reason": "Non", "seen": "x", "name": "Ville de Pantin"}


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _routes(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern)


def _addresses(cast: Cast) -> list[str]:
    """Return all addresses of the space, about things that exist and that Pantin's people would like to reach."""
    campaign, julien = written_to(cast), acting(cast.julien)
    invitation = campaign.invitations.get(organization=cast.pantin)
    mailing = posting.ask(campaign, LetterScope.FIRST, actor=julien)
    kept = paper.keep_scan(invitation, picture(), actor=julien)
    keyed = paper.key_in(invitation, answer(), picture(), actor=julien)
    asked = reconfirming.start(Filters(), "Élections", clock.today().replace(year=clock.today().year + 1), actor=julien)
    known = {
        "organization": cast.pantin.key, "slug": "bip", "form": "xlsx", "number": "1", "campaign": campaign.uid,
        "mailing": mailing.uid, "invitation": invitation.uid, "designation": keyed.uid, "kept": kept.uid,
        "reconfirmation": asked.uid, "member": cast.nadia.uid,
    }  # fmt: skip
    found = [route for route in _routes(get_resolver()) if route.startswith(SPACE)]
    return ["/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda name: str(known[name[1]]), route) for route in found]


def _with_role(agent: Agent, role: Role) -> Agent:
    StaffRole.objects.create(agent=agent, role=role, granted_at=clock.now())
    return agent


def _state() -> dict[str, Any]:
    """Return all that is written of everything, but who was seen when."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("convergences.")]
    return {
        model.__name__: list(model._default_manager.order_by("pk").values()) for model in ours if model is not Session
    }


def test_nobody_else_reads_or_changes_anything_at_any_address(cast: Cast) -> None:
    paths = _addresses(cast)
    assert len(paths) > 50
    both = join(cast.claire.agent, cast.romainville).agent
    people = [cast.nadia.agent, both, cast.karim.agent]
    people += [
        _with_role(member(cast.center, f"Sami {role}").agent, role) for role in Role if role != Role.CORRESPONDENT
    ]
    people.append(_with_role(member(cast.pantin, "Rôle Écrit").agent, Role.CORRESPONDENT))
    browsers = [signed_in(agent, second_factor=True) for agent in people]
    before, wrong = _state(), []
    for number, browser in enumerate(browsers):
        for path in paths:
            for came in (browser.get(path), browser.post(path, POSTED)):
                if came.status_code != 404:
                    wrong.append(f"{number} {path}: {came.status_code}")  # noqa: PERF401 - read more easily so
    assert wrong == []
    assert _state() == before


def test_a_form_of_another_site_changes_nothing_at_any_address(cast: Cast) -> None:
    paths = _addresses(cast)
    julien = signed_in(cast.julien.agent, second_factor=True, enforce_csrf_checks=True)
    before = _state()
    assert {julien.post(path, POSTED).status_code for path in paths} == {403}
    assert _state() == before


def test_reading_or_fetching_ahead_changes_nothing_at_any_address(cast: Cast) -> None:
    paths = _addresses(cast)
    julien = signed_in(cast.julien.agent, second_factor=True)
    before, wrong = _state(), []
    for path in paths:
        for came in (julien.get(path), julien.head(path), Client().get(path)):
            if came.status_code >= 500 or "no-store" not in came.headers.get("Cache-Control", "no-store"):
                wrong.append(f"{path}: {came.status_code}")  # noqa: PERF401 - read more easily so
    assert wrong == []
    assert _state() == before
