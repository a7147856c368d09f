"""Verbs of admission: decide (which writes nothing), examine, choose an employer, enter, leave, and end visits."""

from convergences.admission.services.decide import (
    decide,
    decide_for_session,
    decide_for_visit,
    decide_under,
    wanting,
)
from convergences.admission.services.employers import choose_employer
from convergences.admission.services.examine import examine
from convergences.admission.services.house import Manage, decide_for_managing
from convergences.admission.services.visits import end_visits, enter, leave, request_ends

__all__ = [
    "Manage",
    "choose_employer",
    "decide",
    "decide_for_managing",
    "decide_for_session",
    "decide_for_visit",
    "decide_under",
    "end_visits",
    "enter",
    "examine",
    "leave",
    "request_ends",
    "wanting",
]
