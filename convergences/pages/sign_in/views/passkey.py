"""Signing in with a passkey alone: what a browser needs to ask for one, and what it brings back."""

import json

from django.http import Http404, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from convergences.authentication import relying_party
from convergences.authentication.errors import ChallengeOver, PasskeyFrozen, PasskeyRefused, PendingOver
from convergences.authentication.services import passkey_proofs, second_step
from convergences.pages.sign_in import doors
from convergences.pages.sign_in.forms import LoginForm
from convergences.pages.sign_in.views import login
from convergences.web.actor import browser_of
from convergences.web.entrance.returning import continue_to, safe_next
from convergences.web.requests import HouseRequest
from convergences.web.serving import cookies

MISSING = "Votre clé d’accès n’a rien répondu. Réessayez, ou saisissez votre mot de passe."


@doors.page("GET", "HEAD")
def options(_request: HouseRequest) -> HttpResponseBase:
    """Return a new challenge. It is fetched when it is needed: the page of connexion may stay open for hours."""
    if not relying_party.has_a_name():
        raise Http404
    asked = passkey_proofs.options_to_sign_in()
    return JsonResponse({"options": json.loads(asked.json), "sealed": asked.sealed})


@doors.page("GET", "HEAD", "POST")
def sign_in(request: HouseRequest) -> HttpResponseBase:
    """Sign in whose passkey has answered, and go on; or show the page of connexion again."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("sign_in:login") + doors.onward(safe_next(request)))
    sealed, answer = request.POST.get("sealed", ""), request.POST.get("answer", "")
    if not answer:
        return login.show(request, LoginForm(), refused=MISSING)
    browser = browser_of(request)
    try:
        proof = passkey_proofs.identify(sealed, answer, browser=browser)
        signed_in = second_step.sign_in_with_passkey(
            proof,
            browser=browser,
            known_browser_token=cookies.known_browser(request),
            previous_session=request.current,
        )
    except (ChallengeOver, PasskeyFrozen, PasskeyRefused) as refusal:
        return login.show(request, LoginForm(), refused=refusal.sentence)
    except PendingOver:  # put to sleep at this very moment: as any other that opens nothing
        return login.show(request, LoginForm(), refused=PasskeyRefused().sentence)
    response = continue_to(request, safe_next(request))
    cookies.give(request, response, signed_in)
    return response
