"""What an application asks by an AuthnRequest: read after its signature, into what answering it needs (Core, 3.4.1).

The request is not carried further as it came: what it asks is kept in a signed address of ours, for the time the agent
needs to sign in or to choose, so that nothing can be altered on the way.
"""

from dataclasses import asdict, dataclass
from typing import Any

from django.core import signing

from convergences.foundations import clock
from convergences.protocols.saml import lifetimes, names, queries, signatures, xml
from convergences.protocols.saml.bindings import Received
from convergences.protocols.saml.errors import BadMessage, OutOfDate
from convergences.protocols.saml.metadata_in import LONGEST_ENTITY_ID, Described, Endpoint, parsed_instant
from convergences.protocols.saml.models import ServiceProvider

_SALT = "convergences.saml.request"
_LONGEST_ID = 256
_LONGEST_FORMAT = 120
_MANY_CONTEXTS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was checked: for whom, where to answer, and what is insisted on."""

    provider: int
    request_id: str
    consumer: str
    relay_state: str = ""
    name_format: str = ""
    contexts: tuple[str, ...] = ()
    comparison: str = "exact"
    force: bool = False
    passive: bool = False
    named_for: str = ""

    def sealed(self) -> str:
        """Return it as an address of ours carries it."""
        return signing.dumps(asdict(self), salt=_SALT, compress=True)


def unsealed(given: str) -> Asked:
    """Return what an address of ours carries; raises `BadMessage` when it was altered, or is old."""
    try:
        content: dict[str, Any] = signing.loads(given, salt=_SALT, max_age=lifetimes.UNDER_WAY)
    except signing.BadSignature as error:
        raise BadMessage("the request has expired") from error
    return Asked(**{**content, "contexts": tuple(content["contexts"])})


def read(received: Received, *, destination: str) -> tuple[ServiceProvider, Asked]:
    """Return who asks, and what; raises `BadMessage`. Nothing is followed before all is checked."""
    claimed = xml.text_of(received.root.find(names.assertion("Issuer")))
    provider = queries.provider(claimed)
    if provider is None:
        raise BadMessage(f"the application is not known: {claimed[:200]}")
    check_in_force(provider)
    described = Described.of(provider.described)
    root = _honest(received, provider, described)
    if root.tag != names.protocol("AuthnRequest"):
        raise BadMessage("the message is not an AuthnRequest")
    check_envelope(root, destination=destination, signed=is_signed(received))
    return provider, _asked(root, received, provider, described)


def _honest(received: Received, provider: ServiceProvider, described: Described) -> xml.Element:
    root = signatures.verified(received, described.signing)
    if root is None:
        if provider.signed_requests or described.signs_requests:
            raise BadMessage("the application signs its requests, and this one is not signed")
        return received.root
    if xml.text_of(root.find(names.assertion("Issuer"))) != provider.entity_id:
        raise BadMessage("the message signed is another's")
    return root


def is_signed(received: Received) -> bool:
    """Tell whether a message bears a signature, beside it or within."""
    return bool(received.signature) or received.root.find(names.signature("Signature")) is not None


def check_envelope(root: xml.Element, *, destination: str, signed: bool) -> None:
    """Check what every message has: version, identifier, age, and whom it is for; raises `BadMessage`."""
    identifier = root.get("ID", "")
    if root.get("Version") != "2.0" or not identifier or len(identifier) > _LONGEST_ID:
        raise BadMessage("the message has no version 2.0, or no ID")
    issued, now = parsed_instant(root.get("IssueInstant", "")), clock.now()
    if not now - lifetimes.REQUEST - lifetimes.SKEW <= issued <= now + lifetimes.SKEW:
        raise BadMessage("the message is too old, or comes from the future")
    told = root.get("Destination", "")
    # A signed message must say whom it is for (Bindings, 3.4.5.2 and 3.5.5.2); any that says so must be for us.
    if told != destination and (told or signed):
        raise BadMessage("the message is for another address")


def _asked(root: xml.Element, received: Received, provider: ServiceProvider, described: Described) -> Asked:
    if root.find(names.assertion("Subject")) is not None:
        raise BadMessage("a request for a given agent is not served")
    policy = root.find(names.protocol("NameIDPolicy"))
    wanted = root.find(names.protocol("RequestedAuthnContext"))
    classes = wanted.findall(names.assertion("AuthnContextClassRef")) if wanted is not None else []
    form = policy.get("Format", "") if policy is not None else ""
    named_for = policy.get("SPNameQualifier", "") if policy is not None else ""
    if (
        len(form) > _LONGEST_FORMAT
        or len(named_for) > LONGEST_ENTITY_ID
        or len(classes) > _MANY_CONTEXTS
        or any(len(one.text or "") > _LONGEST_ID for one in classes)
    ):
        raise BadMessage("the request asks for too much")
    if wanted is not None and not classes:
        raise BadMessage("the request asks for a context by what is not served (AuthnContextDeclRef)")
    return Asked(
        provider=provider.pk,
        request_id=root.get("ID", ""),
        consumer=_consumer(root, described).location,
        relay_state=received.relay_state,
        name_format=form,
        contexts=tuple(xml.text_of(one) for one in classes),
        comparison=wanted.get("Comparison", "exact") if wanted is not None else "exact",
        force=_flag(root, "ForceAuthn"),
        passive=_flag(root, "IsPassive"),
        named_for=named_for if named_for != provider.entity_id else "",
    )


def _flag(root: xml.Element, name: str) -> bool:
    value = root.get(name, "false").strip()
    if value not in {"true", "false", "1", "0"}:
        raise BadMessage(f"{name} is neither true nor false")
    return value in {"true", "1"}


def _consumer(root: xml.Element, described: Described) -> Endpoint:
    """Return where to answer: an address of the metadata, and no other, whatever the request says."""
    location, index = root.get("AssertionConsumerServiceURL"), root.get("AssertionConsumerServiceIndex")
    binding = root.get("ProtocolBinding")
    if binding not in {None, names.POST} or (location is not None and index is not None):
        raise BadMessage("answers go by POST only, to one address")
    if location is not None:
        found = [one for one in described.consumers if one.location == location]
    elif index is not None:
        found = [one for one in described.consumers if str(one.index) == index.strip()]
    else:
        return default_consumer(described)
    if not found:
        raise BadMessage("the address to answer to is not one of this application's")
    return found[0]


def check_in_force(provider: ServiceProvider) -> None:
    """Check that what the application published of itself is not over: its keys may be in other hands since."""
    if provider.expires_at is not None and provider.expires_at <= clock.now() - lifetimes.SKEW:
        raise OutOfDate(f"the application's metadata is out of date since {provider.expires_at:%Y-%m-%dT%H:%M:%SZ}")


def check_consumer(asked: Asked, provider: ServiceProvider) -> None:
    """Check that the address to answer to is still the application's: its metadata may have changed since."""
    if all(one.location != asked.consumer for one in Described.of(provider.described).consumers):
        raise BadMessage("the address to answer to is no longer this application's")


def default_consumer(described: Described) -> Endpoint:
    """Return the address marked as the default, else the first (Metadata, section 2.2.3)."""
    return next((one for one in described.consumers if one.default), described.consumers[0])
