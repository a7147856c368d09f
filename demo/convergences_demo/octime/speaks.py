"""How Octime asks to be told of agents: by their address."""

NAME_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
