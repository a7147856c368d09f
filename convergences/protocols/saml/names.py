"""Names of the norm: namespaces, bindings, formats, contexts, statuses (SAML 2.0 Core, Bindings, Metadata)."""

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
ENCRYPTION = "http://www.w3.org/2001/04/xmlenc#"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
PREFIXES = {"samlp": PROTOCOL, "saml": ASSERTION, "ds": SIGNATURE}

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
SOAP = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"

UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
ENTITY = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
NAME_FORMATS = {"persistent": PERSISTENT, "transient": TRANSIENT, "email": EMAIL}

BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
URI_NAMES = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
BASIC_NAMES = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"

PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"  # noqa: S105 - a name
MULTI_FACTOR = "https://refeds.org/profile/mfa"
CONTEXT_UNSPECIFIED = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"

SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
REQUESTER = "urn:oasis:names:tc:SAML:2.0:status:Requester"
RESPONDER = "urn:oasis:names:tc:SAML:2.0:status:Responder"
NO_PASSIVE = "urn:oasis:names:tc:SAML:2.0:status:NoPassive"
NO_AUTHN_CONTEXT = "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext"
REQUEST_DENIED = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied"
REQUEST_UNSUPPORTED = "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported"
INVALID_NAME_POLICY = "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy"
PARTIAL_LOGOUT = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout"
UNKNOWN_PRINCIPAL = "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal"


def protocol(local: str) -> str:
    """Return a name of the protocol's namespace, as lxml writes it."""
    return f"{{{PROTOCOL}}}{local}"


def assertion(local: str) -> str:
    """Return a name of the assertions' namespace."""
    return f"{{{ASSERTION}}}{local}"


def metadata(local: str) -> str:
    """Return a name of the metadata's namespace."""
    return f"{{{METADATA}}}{local}"


def signature(local: str) -> str:
    """Return a name of the signatures' namespace."""
    return f"{{{SIGNATURE}}}{local}"
