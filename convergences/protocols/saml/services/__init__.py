"""Verbs of SAML: register an application, give statements, end them, forget."""
