"""SAML in the engineer’s pages."""
