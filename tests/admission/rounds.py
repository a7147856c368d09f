"""The worker's round of visits, until nothing is left: those that must end are marked, and their applications told."""

from convergences.admission.services import request_ends
from convergences.admission.services.telling import Teller
from convergences.foundations import clock

# A round waits for an answer for an instant: on a machine that is busy, a minute of them.
MOST_ROUNDS = 3000


def work(teller: Teller) -> None:
    """Do what the worker does with this teller; raises `AssertionError` when it never ends."""
    request_ends(clock.now())
    for _ in range(MOST_ROUNDS):
        if not teller.tell_due():
            return
    raise AssertionError("the worker turns round")
