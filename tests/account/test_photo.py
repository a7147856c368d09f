"""The photo: added, changed, removed by its agent alone; served to those who may see it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from convergences.directory.models import Membership, Photo
from convergences.foundations import clock
from tests.account.pictures import picture
from tests.cast import Cast, join, signed_in
from tests.team.pages import client, words

pytestmark = pytest.mark.database

FORM = "/annuaire/profil/photo"


def _send(member: Membership, photo: SimpleUploadedFile | None = None, **fields: Any) -> Any:
    given = {**fields, **({"photo": photo} if photo else {})}
    return client(member).post(FORM, given, follow=True)


def _address() -> str:
    return f"/annuaire/photos/{Photo.objects.get().uid}"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_added_and_shown(cast: Cast, form: str) -> None:
    answer = _send(cast.claire, picture(form))
    assert "Votre photo est enregistrée" in words(answer)
    assert _address() in answer.content.decode()
    served: Any = client(cast.claire).get(_address())
    assert served["Content-Type"] == "image/webp"
    assert served.content[8:12] == b"WEBP"


def test_a_changed_photo_has_another_address_and_the_former_is_dead(cast: Cast, tmp_path: Path) -> None:
    _send(cast.claire, picture())
    former = _address()
    _send(cast.claire, picture("PNG"))
    assert _address() != former
    assert client(cast.claire).get(former).status_code == 404


def test_a_photo_is_removed(cast: Cast) -> None:
    _send(cast.claire, picture())
    address = _address()
    assert "Votre photo est retirée" in words(_send(cast.claire, remove="on"))
    assert not Photo.objects.exists()
    assert client(cast.claire).get(address).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        SimpleUploadedFile("moi.jpg", b"", content_type="image/jpeg"),
        SimpleUploadedFile("moi.jpg", b"MZ not a photo", content_type="image/jpeg"),
        SimpleUploadedFile(
            "moi.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", content_type="image/svg+xml"
        ),
        SimpleUploadedFile("moi.gif", picture("GIF").read(), content_type="image/gif"),
        SimpleUploadedFile("moi.jpg", b"\xff\xd8\xff" + b"0" * (5 * 1024 * 1024 + 1), content_type="image/jpeg"),
    ],
    ids=["empty", "program", "svg", "gif", "too large"],
)
def test_what_is_no_photo_is_refused_in_words(cast: Cast, wrong: SimpleUploadedFile) -> None:
    wrong.seek(0)
    answer = _send(cast.claire, wrong)
    assert answer.status_code == 422
    assert 'id="photo-erreur"' in answer.content.decode()
    assert not Photo.objects.exists()


def test_sending_nothing_says_what_to_do(cast: Cast) -> None:
    assert "Choisissez une image" in words(_send(cast.claire))


def test_a_refused_photo_leaves_the_former_in_place(cast: Cast) -> None:
    _send(cast.claire, picture())
    address = _address()
    _send(cast.claire, SimpleUploadedFile("x.jpg", b"x"))
    assert client(cast.claire).get(address).status_code == 200


def test_nobody_sends_a_photo_for_somebody_else(cast: Cast) -> None:
    _send(cast.nadia, picture(), agent=str(cast.claire.agent_id), uid=str(cast.claire.uid))
    assert Photo.objects.get().agent_id == cast.nadia.agent_id


def test_colleagues_and_the_centres_staff_see_a_photo_and_nobody_else(cast: Cast) -> None:
    _send(cast.claire, picture())
    seen = {name: client(getattr(cast, name)).get(_address()).status_code for name in ("nadia", "moussa", "julien")}
    assert set(seen.values()) == {200}
    assert {client(each).get(_address()).status_code for each in (cast.karim, cast.lucie)} == {404}
    assert Client().get(_address()).status_code == 302


@pytest.mark.parametrize(
    "change",
    [{"closed_at": clock.now()}, {"suspended_at": clock.now()}, {"confirmed_at": None}],
    ids=["closed", "suspended", "unconfirmed"],
)
def test_a_colleague_who_has_gone_no_longer_sees_it(cast: Cast, change: dict[str, Any]) -> None:
    _send(cast.claire, picture())
    browser = signed_in(cast.moussa.agent)
    Membership.objects.filter(pk=cast.moussa.pk).update(**change)
    assert browser.get(_address()).status_code == 404


def test_an_employer_not_accepted_does_not_see_it(cast: Cast) -> None:
    _send(cast.claire, picture())
    join(cast.claire.agent, cast.romainville, confirmed_at=None)
    assert client(cast.karim).get(_address()).status_code == 404


def test_a_photo_is_kept_by_the_browser_alone_and_asked_for_once(cast: Cast) -> None:
    _send(cast.claire, picture())
    served = client(cast.claire).get(_address())
    assert served["Cache-Control"].startswith("private")
    again = client(cast.claire).get(_address(), headers={"If-None-Match": served["ETag"]})
    assert again.status_code == 304
    assert client(cast.lucie).get(_address(), headers={"If-None-Match": served["ETag"]}).status_code == 404
