"""DOMAIN, rule 2: whatever the sequence of sign-ins, tokens, thefts, rights, sign-outs and days, nothing dead answers.

And whatever lives does answer. `MACHINE_EXAMPLES=2000 pytest tests/oidc/test_no_dead_right_answers.py` plays for long.
"""

import os
from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from convergences.admission.services import telling
from convergences.foundations import keys, outbound
from tests.draws import drawn
from tests.oidc.machine.playing import Playing

pytestmark = [pytest.mark.long, pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("kept_connection")]
BOUNDS = settings(
    max_examples=drawn(int(os.environ.get("MACHINE_EXAMPLES", "12"))),
    stateful_step_count=int(os.environ.get("MACHINE_STEPS", "16")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def test_no_dead_right_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    keys.ensure()
    monkeypatch.setattr(telling, "PAUSE", 0.02)
    listening = partial(monkeypatch.setattr, outbound, "post_form")
    run_state_machine_as_test(partial(Playing, listening), settings=BOUNDS)
