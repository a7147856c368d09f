"""What `/cas/login` is asked: parameters read strictly, and whose address it is."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from convergences.authentication.models import Session
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.protocols.cas import queries
from convergences.protocols.cas.models import RegisteredService
from convergences.web.entrance import entering

PROOF = "asked"
METHODS = frozenset({"", "GET", "POST"})
LARGEST = 3000


class RefusedRequest(Refusal):
    """A request that leads nowhere: the address is nobody's, and is not followed."""


@dataclass(frozen=True, slots=True)
class Coming:
    """One arrival: for which application and address, how to answer, and since when we ask for a new sign-in."""

    session: Session | None
    registered: RegisteredService
    service: str
    renew: bool
    gateway: bool
    by_form: bool
    query: str
    since: dt.datetime | None

    @property
    def has_just_signed_in(self) -> bool:
        """Whether the agent has proved who they are for this very request."""
        return self.session is not None and self.since is not None and self.session.authenticated_at >= self.since

    @property
    def must_sign_in(self) -> bool:
        """Whether the application asks for a new sign-in, which has not taken place."""
        return self.renew and not self.has_just_signed_in

    @property
    def here(self) -> str:
        """The address to come back to, with the proof that from now on, or since before, we have been asking."""
        since = self.since if self.since is not None else clock.now()
        return f"{reverse('cas:login')}?{self.query}&{PROOF}={entering.proof(self.query, since)}"


def read(given: QueryDict, session: Session | None) -> Coming:
    """Return what is asked, in a browser that has this session or none; raises `RefusedRequest`."""
    pairs = [(name, value) for name, values in given.lists() if name != PROOF for value in values]
    parameters, query = dict(pairs), urlencode(pairs)
    proofs = given.getlist(PROOF)
    if len(query) > LARGEST or len(parameters) < len(pairs):
        raise RefusedRequest("La demande de l’application qui vous envoie est malformée.")
    if parameters.get("method", "") not in METHODS:
        raise RefusedRequest("L’application qui vous envoie demande une réponse que ce portail ne donne pas.")
    service = parameters.get("service", "")
    registered = queries.service_at(service)
    if registered is None:
        raise RefusedRequest("L’application qui vous envoie n’est pas, ou plus, raccordée à ce portail.")
    renew = _is_set(parameters, "renew")
    return Coming(
        session=session,
        registered=registered,
        service=service,
        renew=renew,
        # Of the two, a new sign-in wins: the application that asks for both must not be answered without either.
        gateway=_is_set(parameters, "gateway") and not renew,
        by_form=parameters.get("method") == "POST",
        query=query,
        since=entering.asking_since(str(proofs[-1]) if proofs else "", query),
    )


def _is_set(parameters: Mapping[str, str], name: str) -> bool:
    # Section 2.1.1 says `true`; clients in the field also write `1`, and any value must not be taken for a no.
    return parameters.get(name, "").lower() not in {"", "false", "0"}
