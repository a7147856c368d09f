"""A form of the demo that came back by post: the letter's own second page, filled in by hand and photographed."""

import datetime as dt
import io
import math
import unicodedata

from PIL import Image, ImageDraw, ImageFont

from convergences.campaigns import addressing, letters
from convergences.campaigns.answers import Answer
from convergences.campaigns.models import Invitation

_INK, _DESK = (38, 56, 142), (214, 210, 203)
_SIZE, _TILT = 17, 0.7
_NO_CODE = "····-····-····"
# Where each line of the form is filled in, on a page drawn at 110 points an inch.
_PERSON, _NEXT = 391, 180
_REPLACES, _ADDS = (103, 747), (470, 747)


def signed_form(asked: Invitation, answer: Answer, day: dt.date) -> bytes:
    """Return the photograph (JPEG) of a form that says this answer, signed."""
    sheet = addressing.sheet(asked, _NO_CODE, ())
    page = letters.preview(sheet, addressing.sender(), day=day)[-1]
    with Image.open(io.BytesIO(page)) as drawn:
        form = drawn.convert("RGB")
    pen = ImageDraw.Draw(form)
    _write(pen, answer, asked.organization.authority_address, day)
    _sign(pen)
    photograph = form.rotate(_TILT, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=_DESK)
    out = io.BytesIO()
    photograph.save(out, "JPEG", quality=72)
    return out.getvalue()


def _write(pen: ImageDraw.ImageDraw, answer: Answer, address: str, day: dt.date) -> None:
    for number, each in enumerate(answer.people[:2]):
        top = _PERSON + number * _NEXT
        title = {"madam": "Mme", "sir": "M."}.get(each.civility, "")
        for where, said in (
            ((186, top), f"{title} {each.family_name}"),
            ((530, top), each.given_name),
            ((160, top + 47), each.job_title),
            ((527, top + 47), each.department),
            ((170, top + 94), each.phone),
            ((360, top + 79), each.email),
        ):
            _by_hand(pen, where, said)
    x, y = _REPLACES if answer.replaces else _ADDS
    pen.line([(x - 6, y - 6), (x + 6, y + 6)], fill=_INK, width=2)
    pen.line([(x - 6, y + 6), (x + 6, y - 6)], fill=_INK, width=2)
    _by_hand(pen, (192, 848), answer.signatory_name)
    _by_hand(pen, (530, 848), answer.signatory_title)
    _by_hand(pen, (142, 895), address.rpartition(" ")[2])
    _by_hand(pen, (500, 895), f"{day - dt.timedelta(days=3):%d/%m/%Y}")


def _by_hand(pen: ImageDraw.ImageDraw, where: tuple[int, int], said: str) -> None:
    """Write in capitals, as forms are: Pillow's own font has no accents."""
    plain = "".join(sign for sign in unicodedata.normalize("NFD", said) if not unicodedata.combining(sign))
    text = plain if "@" in plain else plain.upper()
    pen.text(where, text, fill=_INK, font=ImageFont.load_default(size=_SIZE - 3 * ("@" in plain)))


def _sign(pen: ImageDraw.ImageDraw) -> None:
    turns = [(240 + 7 * t + 16 * math.cos(2.1 * t), 965 + 18 * math.sin(1.7 * t) - 0.4 * t) for t in _steps(24)]
    pen.line(turns, fill=_INK, width=2, joint="curve")
    pen.line([(238, 998), (430, 981)], fill=_INK, width=2)


def _steps(turns: int) -> list[float]:
    return [step / 8 for step in range(turns * 8)]
