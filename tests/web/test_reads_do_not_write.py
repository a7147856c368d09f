"""A GET cannot write: a link in a mail, a prefetch or an image must change nothing."""

import pytest
from django.db import transaction
from django.test import Client

from convergences.foundations.models import DemoLetter
from convergences.web.middleware import WriteDuringReadError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("probes")]


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_read_that_writes_is_stopped_before_the_database(method: str) -> None:
    with pytest.raises(WriteDuringReadError), transaction.atomic():
        getattr(Client(), method)("/probe/writing")
    assert DemoLetter.objects.count() == 0


def test_a_post_may_write() -> None:
    assert Client().post("/probe/writing").content == b"written"


def test_a_view_that_says_why_may_write() -> None:
    assert Client().get("/probe/allowed").content == b"written"
