"""Pictures drawn again from what anybody may send, in the process that reads hostile files (`sandbox`).

Nothing of the file remains but pixels: neither a second nature (polyglot) nor the place and date that telephones write.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from io import BytesIO

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from convergences.foundations import sandbox
from convergences.foundations.errors import Refusal

MAX_PIXELS = 40_000_000
# Loaded by name: Pillow, asked for a format that it has not loaded, loads all forty of them.
FORMATS = [reader.format for reader in (JpegImageFile, PngImageFile, WebPImageFile)]
SECONDS = 10  # of processor: twenty times what the largest picture takes
QUALITY = 85
TOO_LARGE, MOVES, UNREADABLE = "too_large", "moves", "unreadable"


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a picture is drawn: as which format, and cut to a square of this side, or wholly within one."""

    format: str
    side: int
    square: bool


def drawn_again(content: bytes, asked: Drawing, refusing: Callable[[str], Refusal]) -> bytes:
    """Return the picture upright, on white, without metadata; raises what `refusing` makes of the word that says why.

    The words are `TOO_LARGE`, `MOVES`, `UNREADABLE`.
    """
    sent = json.dumps(asdict(asked)).encode() + b"\n" + content
    try:
        return sandbox.run(__name__, sent, refusing, seconds=SECONDS)
    except sandbox.Crashed:
        raise refusing(UNREADABLE) from None


def draw(sent: bytes) -> bytes:
    """Draw what `drawn_again` sends; raises `Refusal` with one of its words. For the other process."""
    said, _, content = sent.partition(b"\n")
    try:
        return _drawn(content, Drawing(**json.loads(said)))
    except Refusal:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal(TOO_LARGE) from None
    except Exception:  # decoders meet hostile bytes: whatever they raise means « not a picture »
        raise Refusal(UNREADABLE) from None


def _drawn(content: bytes, asked: Drawing) -> bytes:
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise Refusal(TOO_LARGE)
        # Telephones put a second, smaller picture behind a JPEG (MPO); anything else of several frames moves.
        if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
            raise Refusal(MOVES)
        if asked.square:
            image.draft("RGB", (2 * asked.side, 2 * asked.side))  # a large JPEG is decoded at a fraction of its size
        image.load()
        sized = _sized(_plain(ImageOps.exif_transpose(image)), asked)
    drawn = Image.new("RGB", sized.size, "white")
    drawn.paste(sized, mask=sized.getchannel("A") if sized.mode == "RGBA" else None)
    out = BytesIO()
    drawn.save(out, asked.format, quality=QUALITY)
    return out.getvalue()


def _plain(image: Image.Image) -> Image.Image:
    if image.mode in {"RGB", "RGBA"}:
        return image
    if image.mode.startswith("I"):  # 16 bits a pixel: the darkest half would turn white if only cut
        return image.point(lambda level: level / 256).convert("L").convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _sized(image: Image.Image, asked: Drawing) -> Image.Image:
    if asked.square:
        return ImageOps.fit(image, (asked.side, asked.side), method=Image.Resampling.LANCZOS)
    image.thumbnail((asked.side, asked.side), resample=Image.Resampling.LANCZOS)
    return image


if __name__ == "__main__":
    sandbox.serve(draw)
