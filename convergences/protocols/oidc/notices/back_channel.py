"""Applications are told by a signed token posted to them (OpenID Connect Back-Channel Logout 1.0)."""

from functools import partial
from http import HTTPStatus

from convergences.admission.models import Visit
from convergences.admission.services import telling
from convergences.admission.services.telling import Notice, Outcome
from convergences.catalog.models import Protocol
from convergences.foundations import outbound
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.notices import logout_tokens

HEARD = frozenset({HTTPStatus.OK, HTTPStatus.NO_CONTENT})  # section 2.8: some frameworks substitute 204


class Teller(telling.Teller):
    """Who tells the applications that speak OpenID Connect."""

    protocol = Protocol.OIDC

    def able(self) -> list[int]:
        """Return the applications that registered an address."""
        return list(Client.objects.exclude(backchannel_logout_uri="").values_list("application_id", flat=True))

    def prepare(self, application_id: int, visits: list[Visit]) -> list[Notice]:
        """Sign a token for each visit."""
        client = Client.objects.select_related("application", "sector").filter(application_id=application_id).first()
        if client is None:  # it has just removed itself (RFC 7592, section 2.3): the next round knows
            return []
        tokens = [logout_tokens.sign(client, visit) for visit in visits]
        return [partial(_tell, client.backchannel_logout_uri, token) for token in tokens]


def _tell(address: str, token: str) -> Outcome:
    try:
        answer = outbound.post_form(address, {"logout_token": token})
    except outbound.Forbidden as refusal:
        return Outcome(str(refusal), final=True)
    except outbound.Unreachable as failure:
        return Outcome(str(failure))
    # What it says is not kept: it is the application's, and could hold anything.
    return Outcome() if answer.status in HEARD else Outcome(f"the application answered {answer.status}")


teller = Teller()


def tell_due() -> int:
    """Tell the applications whose visits are over; see `Teller.tell_due`."""
    return teller.tell_due()
