"""The agent's photo: any file may be sent, only a photo is kept, and only colleagues see it."""

import contextlib
import io
import struct
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from convergences.audit.models import AuditEvent
from convergences.directory.errors import BadPhoto, NotYours, UnknownPhoto
from convergences.directory.models import Photo
from convergences.directory.photos import photo_for
from convergences.directory.pictures import MAX_BYTES, SIDE, squared
from convergences.directory.services import memberships, photos
from tests.cast import Cast, join
from tests.directory.acting import actor, again, attached

GPS = 0x8825


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **options: object) -> bytes:
    """A picture red above, blue below."""
    drawn = Image.new(mode, size, "red" if mode in {"RGB", "RGBA"} else 0)
    if mode in {"RGB", "RGBA"}:
        drawn.paste("blue", (0, size[1] // 2, size[0], size[1]))
    out = io.BytesIO()
    drawn.save(out, kind, **options)
    return out.getvalue()


def kept(content: bytes) -> Image.Image:
    """The photo that is kept of this content."""
    return Image.open(io.BytesIO(squared(io.BytesIO(content), len(content))))


def refused(content: bytes) -> str:
    with pytest.raises(BadPhoto) as raised:
        squared(io.BytesIO(content), len(content))
    assert raised.value.field == "photo"
    return raised.value.sentence


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is of this size, in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\x00" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


ATTACKS = {
    "drawing with a script": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "page": b"<!doctype html><script>alert(1)</script>",
    "page that begins like a GIF": b"GIF89a/*<script>*/",
    "real GIF": picture("GIF"),
    "BMP": picture("BMP"),
    "TIFF": picture("TIFF"),
    "PDF": b"%PDF-1.7\n",
    "cut short": picture(size=(2000, 2000))[:-3000],
    "cut in its header": picture("PNG")[:20],
    "noise": bytes(range(256)) * 20,
    "one byte": b"\xff",
    "JPEG that is only a header": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 200,
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_no_photo_is_refused(name: str) -> None:
    assert "n’est pas une photo lisible" in refused(ATTACKS[name])


def test_an_empty_file_is_refused() -> None:
    assert refused(b"") == "Choisissez une photo."


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (200_000, 250), (7000, 6000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(width: int, height: int) -> None:
    assert "40 millions" in refused(png_of(width, height))


def test_the_largest_webp_is_refused() -> None:
    # VP8X: the canvas is declared apart from the pictures that it holds.
    canvas = struct.pack("<I", 16_382)[:3]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x02\x00\x00\x00" + canvas + canvas
    refused(b"RIFF" + struct.pack("<I", len(body)) + body)


def test_a_file_too_heavy_by_one_byte_is_refused() -> None:
    photo = picture()
    assert kept(photo + b"\x00" * (MAX_BYTES - len(photo)))
    assert "5\u00a0Mo au plus" in refused(photo + b"\x00" * (MAX_BYTES + 1 - len(photo)))


def test_the_size_that_the_sender_says_is_not_believed() -> None:
    with pytest.raises(BadPhoto):
        squared(io.BytesIO(picture() + b"\x00" * MAX_BYTES), 10)


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_a_picture_that_moves_is_refused(kind: str) -> None:
    frames = [Image.new("RGB", (80, 80), color) for color in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    assert "animée" in refused(out.getvalue())


def test_a_second_nature_does_not_survive() -> None:
    hidden = b"<script>alert(document.domain)</script>"
    photo = squared(io.BytesIO(picture(comment=hidden) + hidden), 0)
    assert b"script" not in photo
    assert photo.startswith(b"RIFF")


def test_the_place_and_the_telephone_do_not_survive() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Un telephone"
    exif.get_ifd(GPS)[2] = (48.0, 53.0, 36.0)
    photo = kept(picture(exif=exif, icc_profile=b"un profil"))
    assert not photo.getexif()
    assert not {"exif", "icc_profile", "xmp"} & set(photo.info)


def test_a_photo_lying_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of the picture is on its right
    photo = kept(picture(size=(400, 400), exif=exif)).convert("RGB")
    left, right = photo.getpixel((30, 256)), photo.getpixel((480, 256))
    assert left[2] > 200 > left[0]
    assert right[0] > 200 > right[2]


@pytest.mark.parametrize(
    "colours", ["JPEG CMYK", "JPEG L", "PNG RGBA", "PNG P", "PNG LA", "PNG 1", "PNG I;16", "WEBP RGBA"]
)
def test_every_kind_of_colour_is_kept_as_a_square(colours: str) -> None:
    kind, mode = colours.split()
    photo = kept(picture(kind, mode=mode))
    assert (photo.size, photo.mode, photo.format) == ((SIDE, SIDE), "RGB", "WEBP")


def test_transparency_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(out, "PNG")
    assert min(kept(out.getvalue()).getpixel((256, 256))) > 250


def test_sixteen_bits_keep_their_shades() -> None:
    out = io.BytesIO()
    Image.new("I;16", (100, 100), 20_000).save(out, "PNG")
    assert abs(kept(out.getvalue()).getpixel((256, 256))[0] - 78) < 5


def test_the_centre_is_what_is_kept() -> None:
    wide = Image.new("RGB", (900, 300), "white")
    wide.paste("red", (300, 0, 600, 300))
    out = io.BytesIO()
    wide.save(out, "PNG")
    photo = kept(out.getvalue())
    for corner in ((5, 5), (505, 505)):
        assert photo.getpixel(corner)[1] < 60


def test_a_wrong_extension_does_not_matter() -> None:
    upload = io.BytesIO(picture("PNG"))
    upload.name = "portrait.svg"
    assert squared(upload, 0)


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=2000), st.integers(0, 3000), st.sampled_from(["JPEG", "PNG", "WEBP"]))
@example(b"", 0, "PNG")
def test_a_damaged_picture_is_kept_or_refused(damage: bytes, place: int, kind: str) -> None:
    content = bytearray(picture(kind, size=(64, 64)))
    content[place % len(content) : place % len(content) + len(damage)] = damage
    with contextlib.suppress(BadPhoto):
        assert kept(bytes(content)).size == (SIDE, SIDE)


# --- keeping it


@pytest.fixture
def media(tmp_path: Path) -> Iterator[Path]:
    """An empty folder for the photos."""
    with override_settings(MEDIA_ROOT=tmp_path):
        yield tmp_path


def files(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*") if path.is_file())


def put(cast: Cast) -> Photo:
    content = picture()
    return photos.replace(cast.claire.agent, io.BytesIO(content), len(content), actor=actor(cast.claire))


@pytest.mark.database
def test_nobody_changes_the_photo_of_another(cast: Cast, media: Path) -> None:
    for meddler in (cast.nadia, cast.karim, cast.julien):
        with pytest.raises(NotYours):
            photos.replace(cast.claire.agent, io.BytesIO(picture()), 0, actor=actor(meddler))
        with pytest.raises(NotYours):
            photos.remove(cast.claire.agent, actor=actor(meddler))
    assert files(media) == []


@pytest.mark.database
def test_a_refused_file_leaves_nothing(cast: Cast, media: Path) -> None:
    with pytest.raises(BadPhoto):
        photos.replace(cast.claire.agent, io.BytesIO(b"<svg/>"), 6, actor=actor(cast.claire))
    assert (files(media), Photo.objects.count(), AuditEvent.objects.count()) == ([], 0, 0)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_a_new_photo_has_a_new_address_and_the_former_file_goes(cast: Cast, media: Path) -> None:
    first = put(cast)
    second = put(cast)
    assert first.uid != second.uid
    assert files(media) == [f"{second.uid}.webp"]
    with pytest.raises(UnknownPhoto):
        photo_for(cast.claire.agent, first.uid)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_a_photo_that_could_not_be_written_down_leaves_no_file(
    cast: Cast, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the journal is full")

    former = put(cast)
    monkeypatch.setattr(photos, "record", broken)
    with pytest.raises(RuntimeError, match="full"):
        put(cast)
    assert files(media) == [f"{former.uid}.webp"]
    assert again(cast.claire).photo == former


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_a_photo_is_removed_with_its_file(cast: Cast, media: Path) -> None:
    put(cast)
    photos.remove(cast.claire.agent, actor=actor(cast.claire))
    photos.remove(cast.claire.agent, actor=actor(cast.claire))
    assert files(media) == []
    assert again(cast.claire).photo is None
    told = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(told) == ["directory.photo_changed", "directory.photo_removed"]


@pytest.mark.database
def test_colleagues_and_the_centre_see_a_photo_and_nobody_else(cast: Cast, media: Path) -> None:
    photo = put(cast)
    for viewer in (cast.claire, cast.nadia, cast.moussa, cast.julien):
        assert photo_for(viewer.agent, str(photo.uid)) == photo
    for stranger in (cast.karim, cast.lucie):
        with pytest.raises(UnknownPhoto):
            photo_for(stranger.agent, photo.uid)
    for uid in (uuid.uuid4(), "x"):
        with pytest.raises(UnknownPhoto):
            photo_for(cast.claire.agent, uid)


@pytest.mark.database
def test_an_employer_not_yet_accepted_sees_no_photo(cast: Cast, media: Path) -> None:
    photo = put(cast)
    waiting = attached(cast.karim, cast.claire.agent)
    assert again(waiting).photo is None
    with pytest.raises(UnknownPhoto):
        photo_for(cast.karim.agent, photo.uid)


@pytest.mark.database
def test_a_former_colleague_sees_no_photo(cast: Cast, media: Path) -> None:
    photo = put(cast)
    visitor = join(cast.lucie.agent, cast.pantin)
    assert photo_for(cast.lucie.agent, photo.uid) == photo
    memberships.close(visitor, actor=actor(cast.nadia))
    with pytest.raises(UnknownPhoto):
        photo_for(cast.lucie.agent, photo.uid)
