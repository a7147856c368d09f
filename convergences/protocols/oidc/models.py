"""Tables of OpenID Connect."""
