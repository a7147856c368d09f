"""Verbs of the reverse proxy check: register, hop, use, clean."""
