"""Applications are told by their own server that an agent has left, where they have an address for it (SOAP)."""

from functools import partial
from http import HTTPStatus

from convergences.admission.models import Visit
from convergences.admission.services import telling
from convergences.admission.services.telling import Notice, Outcome
from convergences.catalog.models import Protocol
from convergences.foundations import outbound
from convergences.protocols.saml import bindings, names
from convergences.protocols.saml import logout_messages as messages
from convergences.protocols.saml.errors import BadMessage
from convergences.protocols.saml.models import ServiceProvider


class Teller(telling.Teller):
    """Who tells the applications that speak SAML."""

    protocol = Protocol.SAML

    def able(self) -> list[int]:
        """Return the applications that have such an address."""
        providers = ServiceProvider.objects.only("application_id", "described")
        return [one.application_id for one in providers if messages.endpoint(one, names.SOAP) is not None]

    def prepare(self, application_id: int, visits: list[Visit]) -> list[Notice]:
        """Write and sign a request for each visit."""
        provider = ServiceProvider.objects.get(application_id=application_id)
        place = messages.endpoint(provider, names.SOAP)
        address = place.location if place is not None else ""
        written = [messages.request_for(visit, provider, address) for visit in visits]
        contents = [bindings.to_envelope(messages.signed(root)) if root is not None else b"" for root in written]
        asked = [str(root.get("ID")) if root is not None else "" for root in written]
        return [partial(_tell, address, content, named) for content, named in zip(contents, asked, strict=True)]


def _tell(address: str, content: bytes, asked: str) -> Outcome:
    if not content:
        return Outcome()  # it was told nothing of this visit
    try:
        answer = outbound.post(address, content, content_type="text/xml; charset=utf-8")
    except outbound.Forbidden as refusal:
        return Outcome(str(refusal), final=True)
    except outbound.Unreachable as failure:
        return Outcome(str(failure))
    if answer.status != HTTPStatus.OK:
        return Outcome(f"the application answered {answer.status}", alive=True)
    try:
        root = bindings.from_envelope(answer.body).root
        # Its own server answers, over TLS, the very request that was posted to it.
        heard = root.get("InResponseTo") == asked and messages.forgotten(root)
    except BadMessage as error:
        return Outcome(f"the application answered what is not understood: {error}", alive=True)
    return Outcome() if heard else Outcome("the application answered that it could not", alive=True)


teller = Teller()


def tell_due() -> int:
    """Tell the applications whose visits are over; see `Teller.tell_due`."""
    return teller.tell_due()
