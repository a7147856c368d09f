"""The photo: the one thing that an agent changes alone; and its file, for those who may see it."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from convergences.directory.errors import UnknownPhoto
from convergences.directory.models import Photo
from convergences.directory.photos import photo_for
from convergences.directory.services import photos
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.account.forms import PhotoForm
from convergences.pages.account.showing import UNPROCESSABLE, page
from convergences.web.actor import actor_of
from convergences.web.requests import AgentRequest

A_DAY = 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
def photo(request: AgentRequest) -> HttpResponse:
    """Show the photo's form; or put a photo, or take it away."""
    if request.method != "POST":
        return _show(request, PhotoForm(), status=200)
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form)
    upload, actor = form.cleaned_data["photo"], actor_of(request)
    try:
        if upload:
            photos.replace(request.agent, upload.file, upload.size, actor=actor)
        else:
            photos.remove(request.agent, actor=actor)
    except Refusal as refusal:
        form.add_refusal(refusal)
        return _show(request, form)
    done = "Votre photo est enregistrée." if upload else "Votre photo est retirée : vos initiales la remplacent."
    messages.success(request, french(done))
    return HttpResponseRedirect(reverse("account:profile"))


@require_safe
def photo_file(request: AgentRequest, photo: uuid.UUID) -> HttpResponse:
    """Serve a photo to its agent, to colleagues and to the centre's staff; 404 to anybody else.

    The address changes with each picture, and the answer is kept by the browser alone: on a shared computer the next
    person asks again.
    """
    try:
        found = photo_for(request.agent, photo)
    except UnknownPhoto:
        raise Http404 from None
    tag = f'"{found.uid}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(_content(found), content_type="image/webp")
        response["Content-Disposition"] = "inline"
    response["ETag"] = tag
    response["Cache-Control"] = f"private, max-age={A_DAY}"
    response["Vary"] = "Cookie"
    return response


def _content(photo: Photo) -> bytes:
    # 512 pixels a side: small enough to be read whole.
    try:
        with photo.file.open("rb") as file:
            content: bytes = file.read()
    except FileNotFoundError:
        raise Http404 from None
    return content


def _show(request: AgentRequest, form: PhotoForm, *, status: int = UNPROCESSABLE) -> HttpResponse:
    context = {"form": form, "has_photo": getattr(request.agent, "photo", None) is not None}
    return page(request, "account/photo.html", context, status=status)
