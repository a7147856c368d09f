"""Verbs of CAS: register an application, give, validate and forget tickets."""
