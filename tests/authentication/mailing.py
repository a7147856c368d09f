"""Codes by mail as a second step, in tests: allowed, sent, read."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.test import override_settings

from convergences.authentication.models import Session
from convergences.authentication.services import mail_step
from tests.authentication.doing import HERE, letters


@contextmanager
def allowed(*, on: bool = True) -> Iterator[None]:
    """Let the operator allow codes by mail, or forbid them again."""
    given = settings.CONFIGURATION.model_copy(update={"mail_second_step": on})
    with override_settings(CONFIGURATION=given):
        yield


def mail_code_for(session: Session) -> str:
    """Ask for the code of a session, and read it in the mail."""
    mail_step.send_code(session, browser=HERE)
    return letters()[-1].code
