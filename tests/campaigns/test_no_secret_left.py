"""What a whole answer leaves behind it: no secret in any table, any file, any log, once its mails have left."""

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client, override_settings

from convergences.campaigns.models import Invitation
from convergences.campaigns.services import posting
from convergences.foundations import delivery
from convergences.foundations.models import OutboxMessage
from convergences.foundations.sealing import unseal
from tests.campaigns.doing import acting
from tests.campaigns.post import ask, codes_in, made, written_to
from tests.cast import Cast
from tests.designation.doing import FORM, LETTER, SIGN, typed
from tests.foundations.smtp import listening

pytestmark = pytest.mark.database
TOKEN, SIX = re.compile(r"cle=([\w-]{43})"), re.compile(r"\b(\d{3}) (\d{3})\b")


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def _mailed(kind: str, recipient: str) -> str:
    message = OutboxMessage.objects.filter(kind=kind, recipient=recipient).latest("pk")
    return str(json.loads(unseal(message.sealed_content, use="outbox"))["text"])


def _deliver() -> None:
    with listening() as running, override_settings(EMAIL_URL=running.url):
        delivery.deliver_due()
    assert not delivery.waiting().exists()


def _everything_kept(folder: Path) -> str:
    ours = [model for model in apps.get_models() if model.__module__.startswith("convergences.")]
    files = [f"{path.name}{path.read_bytes()!r}" for path in folder.rglob("*") if path.is_file()]
    return "\n".join([*files, *(str(list(model._default_manager.values())) for model in ours)])


def test_no_secret_remains_anywhere(cast: Cast, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    campaign = written_to(cast)
    token = TOKEN.search(_mailed("campaigns.invitation", "maire@pantin.example"))
    mailing = made(ask(campaign, cast))
    [released] = posting.release(mailing, actor=acting(cast.julien))
    letters = codes_in(released.read())
    assert token
    assert len(letters) == 2
    client = Client()
    client.get(f"/designation?cle={token[1]}")
    client.post(FORM, typed())
    client.post(SIGN, {"action": "code"})
    six = SIX.search(_mailed("campaigns.official_code", "maire@pantin.example"))
    assert six
    seen = client.get(SIGN).context["seen"]
    assert client.post(SIGN, {"seen": seen, "promise": "on", "mail_code": six[1] + six[2]}).status_code == 302
    reference = Invitation.objects.get(organization=cast.romainville).reference
    other = letters[reference]
    assert Client().post(LETTER, {"reference": reference, "letter_code": other}).status_code == 302
    _deliver()
    kept = _everything_kept(tmp_path) + caplog.text
    wrong = [each for each in (token[1], six[1] + six[2], six[0], other, other.replace("-", "")) if each in kept]
    assert reference in kept
    assert wrong == []
