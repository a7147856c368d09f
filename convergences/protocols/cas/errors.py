"""The refusals of CAS: for machines a code of the specification (section 2.5.3), for engineers the field at fault."""

from convergences.foundations.errors import Refusal


class InvalidService(Refusal):
    """A description that may not be registered; `field` is the name at fault."""


class CasRefusal(Exception):  # noqa: N818 - an answer of the protocol, not a breakdown
    """A machine's request that is refused; `code` is the specification's."""

    code = "INTERNAL_ERROR"

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description


class InvalidRequest(CasRefusal):
    """Not all of the required parameters were present."""

    code = "INVALID_REQUEST"


class InvalidTicketSpec(CasRefusal):
    """The ticket is a proxy's, where only a service ticket is taken."""

    code = "INVALID_TICKET_SPEC"


class InvalidTicket(CasRefusal):
    """The ticket is unknown, spent or expired, or was not given after a new sign-in where one is required."""

    code = "INVALID_TICKET"


class TicketOfAnotherService(CasRefusal):
    """The ticket is valid, but for another service; it is spent all the same."""

    code = "INVALID_SERVICE"


class InvalidProxyCallback(CasRefusal):
    """The callback is not one of the application's, or did not answer."""

    code = "INVALID_PROXY_CALLBACK"


class UnauthorizedServiceProxy(CasRefusal):
    """The application may not call others, or not this one, in the agent's name."""

    code = "UNAUTHORIZED_SERVICE_PROXY"
