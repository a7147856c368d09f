"""OpenID Connect: authorization code with PKCE, tokens, userinfo, logout (OIDC Core 1.0, RFC 6749, RFC 9700).

Decides what a client may receive and how. Refuses to decide who may enter: it asks `admission`.
"""
