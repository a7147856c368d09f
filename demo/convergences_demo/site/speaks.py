"""How the site asks to be told of agents: by a name that no other application can compare."""

NAME_FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
