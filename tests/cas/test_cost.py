"""What an entrance by CAS asks of the database: a number that nothing may raise unseen."""

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from tests.cas.serving import Peer
from tests.oidc.test_cost import counted

pytestmark = pytest.mark.database


def test_a_ticket_and_its_validation_ask_seven_questions(cotisations: Peer, claire: Browser) -> None:
    cotisations.ticket(claire)
    with CaptureQueriesContext(connection) as login:
        ticket = cotisations.ticket(claire)
    with CaptureQueriesContext(connection) as validation:
        cotisations.validated(ticket)
    assert [len(counted(each)) for each in (login, validation)] == [5, 2]
