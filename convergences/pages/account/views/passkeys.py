"""Creating a passkey: the browser makes it, the agent names it, and it counts at once."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from convergences.authentication.errors import PasskeysNeedAName, PendingOver, ProofNeeded, TooManyFactors
from convergences.authentication.services import passkeys
from convergences.authentication.services.passkeys import Created
from convergences.foundations.errors import Refusal
from convergences.pages.account import onward
from convergences.pages.account.forms import PasskeyForm
from convergences.pages.account.proof import asks_for_proof
from convergences.pages.account.showing import UNPROCESSABLE, page
from convergences.pages.account.strengthening import strengthened
from convergences.web.actor import actor_of, browser_of
from convergences.web.requests import AgentRequest

_OF_SYSTEMS = {"Windows": "Windows Hello", "iPhone": "iPhone", "iPad": "iPad", "Android": "Téléphone Android"}


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_proof
def create(request: AgentRequest) -> HttpResponse:
    """Show how a passkey is made; keep the one that the browser has just made."""
    form = PasskeyForm(request.POST if request.method == "POST" else None, initial={"name": proposed_name(request)})
    if form.is_valid():
        typed = form.cleaned_data
        try:
            return _added(request, Created(typed["sealed"], typed["answer"], typed["name"]))
        except (ProofNeeded, PendingOver):
            raise
        except Refusal as refusal:
            form.add_refusal(refusal)
    return _show(request, form)


def proposed_name(request: AgentRequest) -> str:
    """Return a name by which the device will be recognised: « Windows Hello sur Edge »."""
    browser, _, system = browser_of(request).name.partition(" sur ")
    device = _OF_SYSTEMS.get(system, system)
    return f"{device} sur {browser}" if device == "Windows Hello" else device or passkeys.UNNAMED


def _added(request: AgentRequest, created: Created) -> HttpResponse:
    """Keep the passkey; the session is stronger by it, and goes on to the recovery codes."""
    added = passkeys.add(request.agent, created, session=request.current, actor=actor_of(request))
    return strengthened(request, added.proof)


def _show(request: AgentRequest, form: PasskeyForm) -> HttpResponse:
    next_address = onward.next_of(request)
    try:
        options = passkeys.options_to_add(request.agent, request.current)
    except PasskeysNeedAName:
        options = None
    except TooManyFactors as refusal:
        messages.error(request, refusal.sentence)
        return HttpResponseRedirect(onward.to("second_step", next_address))
    context = {
        "form": form,
        "options": options,
        "action": onward.to("passkey", next_address),
        "choice_url": onward.to("second_step", next_address),
    }
    status = UNPROCESSABLE if form.errors else 200
    return page(request, "account/passkey.html", context, active="securite", status=status)
