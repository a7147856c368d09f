"""The refusals of SAML: pages for the agent, statuses for the application, and the field at fault for engineers."""

from convergences.foundations.errors import Refusal
from convergences.protocols.saml import names


class InvalidProvider(Refusal):
    """A description that may not be registered; `field` is the name at fault."""


class BadMessage(Exception):  # noqa: N818 - a refusal, not a breakdown
    """A message that is not honest, or not understood: nothing of it is followed. Its text is for engineers.

    `said` is the same in French, for the engineer of the centre who brings a document.
    """

    def __init__(self, detail: str, said: str = "") -> None:
        super().__init__(detail)
        self.said = said


class OutOfDate(BadMessage):
    """What an application has published of itself is over: it may be believed no more (Metadata, section 4.3.1)."""


class SamlRefusal(Exception):  # noqa: N818 - an answer of the protocol, not a breakdown
    """A refusal that travels to the application, whose address is known to be its own (Core, section 3.2.2.2)."""

    status = names.RESPONDER
    second = ""

    def __init__(self, description: str = "") -> None:
        super().__init__(description)
        self.description = description


class NoPassive(SamlRefusal):
    """The agent would have to do something, and no page may be shown."""

    second = names.NO_PASSIVE


class RequestDenied(SamlRefusal):
    """The agent may not enter."""

    second = names.REQUEST_DENIED


class NoAuthnContext(SamlRefusal):
    """The agent did not sign in as strongly as asked."""

    second = names.NO_AUTHN_CONTEXT


class InvalidNamePolicy(SamlRefusal):
    """The name is asked for in a form that is not given to this application."""

    status = names.REQUESTER
    second = names.INVALID_NAME_POLICY


class RequestUnsupported(SamlRefusal):
    """The request asks for something that is not served."""

    status = names.REQUESTER
    second = names.REQUEST_UNSUPPORTED
