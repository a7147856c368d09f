"""Pictures are drawn by another process: what breaks it is told, and nothing else happens."""

import io

import pytest
from PIL import Image

from convergences.foundations import pictures, sandbox
from convergences.foundations.errors import Refusal
from tests import drawing


def _picture(kind: str, width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_another_process_draws_a_square_or_the_whole(kind: str) -> None:
    with drawing.apart():
        drawn = pictures.drawn_again(_picture(kind, 90, 30), pictures.Drawing("WEBP", 20, square=True), Refusal)
    with Image.open(io.BytesIO(drawn)) as image:
        assert (image.size, image.format) == ((20, 20), "WEBP")


def test_what_it_refuses_and_what_breaks_it_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = pictures.Drawing("JPEG", 20, square=False)
    with drawing.apart():
        with pytest.raises(Refusal, match=pictures.UNREADABLE):
            pictures.drawn_again(b"<svg/>", asked, Refusal)
        monkeypatch.setattr(sandbox, "LONGEST", 0)  # stopped before it answers
        with pytest.raises(Refusal, match=pictures.UNREADABLE):
            pictures.drawn_again(_picture("PNG", 40, 40), asked, Refusal)
