"""From a file that anybody may send to a photo that everybody may be shown.

The file is decoded and drawn again: nothing of it remains but pixels, neither a second nature (polyglot) nor the place
and date that telephones write.
"""

from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps

from convergences.directory.errors import BadPhoto

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
SIDE = 512
FORMATS = ("JPEG", "PNG", "WEBP")
CONTENT_TYPE = "image/webp"


def squared(upload: BinaryIO, size: int) -> bytes:
    """Return the photo upright, cut to its central square of 512 pixels, as WebP without metadata.

    `size` is what the sender says; the bytes are counted all the same. Raises `BadPhoto`, and nothing else.
    """
    content = upload.read(MAX_BYTES + 1)
    if size > MAX_BYTES or len(content) > MAX_BYTES:
        raise BadPhoto("Cette photo est trop lourde : 5 Mo au plus. Choisissez-en une plus légère.")
    if not content:
        raise BadPhoto("Choisissez une photo.")
    try:
        return _drawn_again(content)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except BadPhoto:
        raise
    except Exception:  # decoders meet hostile bytes: whatever they raise means « not a photo »
        raise BadPhoto("Ce fichier n'est pas une photo lisible. Choisissez une image JPEG, PNG ou WebP.") from None


def _too_large() -> BadPhoto:
    return BadPhoto("Cette photo a trop de pixels : 40 millions au plus. Choisissez-en une plus petite.")


def _drawn_again(content: bytes) -> bytes:
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise _too_large()
        # Telephones put a second, smaller picture behind a JPEG (MPO); anything else of several frames moves.
        if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
            raise BadPhoto("Cette image est animée. Choisissez une photo fixe.")
        image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a large JPEG is decoded at a fraction of its size
        image.load()
        upright = ImageOps.exif_transpose(image)
        square = ImageOps.fit(_plain(upright), (SIDE, SIDE), method=Image.Resampling.LANCZOS)
    drawn = Image.new("RGB", (SIDE, SIDE), "white")
    drawn.paste(square, mask=square.getchannel("A") if square.mode == "RGBA" else None)
    out = BytesIO()
    drawn.save(out, "WEBP", quality=85)
    return out.getvalue()


def _plain(image: Image.Image) -> Image.Image:
    if image.mode in {"RGB", "RGBA"}:
        return image
    if image.mode.startswith("I"):  # 16 bits a pixel: the darkest half would turn white if only cut
        return image.point(lambda level: level / 256).convert("L").convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")
