"""An agent whom admission lets in enters: their visit is written, and a statement of it is given."""

import secrets
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from convergences.admission import services as admission
from convergences.admission.decisions import Enter
from convergences.audit.services import Actor
from convergences.authentication.models import Session
from convergences.catalog.models import Protocol
from convergences.foundations import clock
from convergences.protocols.saml import contexts, naming, responses, xml
from convergences.protocols.saml.asking import Asked
from convergences.protocols.saml.errors import BadMessage, InvalidNamePolicy
from convergences.protocols.saml.models import ServiceProvider, Statement
from convergences.web.entrance.attributes import Person


@dataclass(frozen=True, slots=True)
class Entry:
    """Who enters, by which session, and what was asked."""

    provider: ServiceProvider
    session: Session
    decision: Enter
    asked: Asked


def give(entry: Entry, *, actor: Actor) -> xml.Element:
    """Write the visit and the statement, and return the signed response; all or nothing.

    Raises `SamlRefusal` when what is insisted on cannot be had, `BadMessage` when the request was answered already.
    """
    provider, asked = entry.provider, entry.asked
    membership = entry.decision.membership
    if asked.named_for:  # the name that another application knows is nobody else's (Core, section 3.4.1.1)
        raise InvalidNamePolicy("The name is asked for on behalf of another")
    context = contexts.answering(entry.session, asked)
    index = f"_{secrets.token_hex(16)}"
    try:
        with transaction.atomic():
            visit = admission.enter(
                entry.session, provider.application, membership, protocol=Protocol.SAML, actor=actor
            )
            name = naming.name_for(provider, membership.agent, asked.name_format, visit=visit.uid)
            Statement.objects.create(
                provider=provider,
                visit=visit,
                session_index=index,
                name_id=name.value,
                name_id_format=name.format,
                request_id=asked.request_id,
                given_at=clock.now(),
            )
    except IntegrityError as error:
        raise BadMessage("the request has been answered already") from error
    person = Person(membership, entry.decision.roles)
    told = responses.Told(
        provider=provider,
        consumer=asked.consumer,
        name=name,
        attributes=naming.attributes_for(provider, person),
        session=entry.session,
        session_index=index,
        context=context,
        request_id=asked.request_id,
    )
    return responses.success(told)
