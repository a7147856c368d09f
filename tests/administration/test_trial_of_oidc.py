"""What « Essayer » says of OpenID Connect is what a real sign-in gives: same claims, same values, nothing written."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from convergences.catalog.models import Application
from convergences.directory.models import Agent
from convergences.protocols.oidc.models import Client, Sector
from convergences.protocols.oidc.panel.trial import IDENTITY, USERINFO, trial
from convergences.web.panels.facts import Trial
from tests.cast import Cast, signed_in
from tests.oidc.relying import Relying, define, entitle
from tests.oidc.test_id_token import read

pytestmark = pytest.mark.database
EVERY = "openid profile email phone offline_access"


def _values(found: Trial, place: str) -> dict[str, str]:
    return {line.name: line.value for line in found.released if line.place == place}


def _why(found: Trial) -> dict[str, str]:
    return {line.name: line.why.replace("\u00a0", " ") for line in found.withheld}


def _as_shown(values: dict[str, Any]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}


@pytest.fixture
def claire(cast: Cast) -> Browser:
    """Claire, who may consult BIP, signed in."""
    entitle(cast.claire, cast.bip, "reader")
    return signed_in(cast.claire.agent)


@pytest.mark.parametrize("changes", [{}, {"scope": "openid email"}, {"scope": "openid roles siret"},
                                     {"subject_type": "pairwise"}])  # fmt: skip
def test_it_says_what_a_real_sign_in_gives(cast: Cast, claire: Browser, changes: dict[str, str]) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(
        attributes=["email", "given_name", "roles", "siret", "organization"]
    )
    bip = Relying(define(Application.objects.get(pk=cast.bip.pk), **changes))
    given = bip.tokens(claire, scope=bip.client.scope)
    told = trial(bip.client.application, cast.claire, ("reader",))
    assert _values(told, USERINFO) == _as_shown(bip.userinfo(given["access_token"]).json())  # type: ignore[attr-defined]
    real, said = read(bip, given["id_token"])[1], _values(told, IDENTITY)
    assert real.keys() == said.keys()
    fixed = {"iss", "sub", "aud", "acr", "amr"}
    assert {name: said[name] for name in fixed} == _as_shown({name: real[name] for name in fixed})


def test_what_is_withheld_says_why(cast: Cast) -> None:
    define(cast.bip, scope="openid email phone offline_access")
    Application.objects.filter(pk=cast.bip.pk).update(attributes=["email", "phone_number", "given_name", "job_title"])
    why = _why(trial(Application.objects.get(pk=cast.bip.pk), cast.claire, ("reader",)))
    assert why["phone_number"] == "L’annuaire n’a pas cette donnée pour cet agent."
    assert why["given_name"] == "Ce client n’a pas la portée profile ou given_name."
    assert why["siret"].startswith("« SIRET de l’employeur » n’est pas dans la fiche de l’application ; ce client")
    assert why["job_title"] == "« Fonction » est dans la fiche, mais OpenID Connect ne le dit pas."
    assert "email" not in why


def test_a_machine_is_told_of_nobody(cast: Cast) -> None:
    define(cast.bip, grant_types=["client_credentials"], scope="payroll.read", redirect_uris=[],
           post_logout_redirect_uris=[])  # fmt: skip
    told = trial(cast.bip, cast.claire, ("reader",))
    assert told.released == ()
    assert _why(told) == {"Toute donnée de l’agent": "Ce client est une machine : ses jetons ne parlent d’aucun agent."}


def test_a_trial_creates_neither_sector_nor_subject_nor_anything(cast: Cast) -> None:
    client = define(cast.bip, subject_type="pairwise", scope=EVERY)
    sectors, subject = Sector.objects.count(), cast.claire.agent.subject
    with CaptureQueriesContext(connection) as queries:
        told = trial(cast.bip, cast.claire, ("reader",))
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []
    assert len(queries) <= 2, [query["sql"] for query in queries]
    assert (Sector.objects.count(), Agent.objects.get(pk=cast.claire.agent_id).subject) == (sectors, subject)
    assert _values(told, IDENTITY)["sub"] == _values(told, USERINFO)["sub"] != subject
    assert Client.objects.get().pk == client.pk


def test_a_stronger_application_is_told_of_two_factors(cast: Cast) -> None:
    define(cast.bip)
    Application.objects.filter(pk=cast.bip.pk).update(assurance="second_factor")
    told = _values(trial(Application.objects.get(pk=cast.bip.pk), cast.claire, ()), IDENTITY)
    assert (told["acr"], told["amr"]) == ("eidas2", '["pwd", "otp", "mfa"]')
