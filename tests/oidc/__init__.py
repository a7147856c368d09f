"""OpenID Connect, tested by the sections of its norms."""
