"""SAML 2.0 identity provider: signed statements of who came, for applications known by their metadata (OASIS, 2005).

The room translates what `admission` decides. It decides which message is honest, to which address an answer may go, and
under which name an application knows an agent; it knows nothing of other protocols, nor of who may enter.
"""
