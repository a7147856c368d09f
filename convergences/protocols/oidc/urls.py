"""Addresses of the room (fixed paths of the product's configuration)."""

from django.urls import URLPattern, path

from convergences.protocols.oidc.endpoints import (
    authorize,
    consent,
    discovery,
    introspect,
    logout,
    par,
    register,
    revoke,
    token,
    userinfo,
)

app_name = "oidc"

urlpatterns: list[URLPattern] = [
    path(".well-known/openid-configuration", discovery.configuration, name="configuration"),
    path(".well-known/oauth-authorization-server", discovery.configuration, name="oauth_configuration"),
    path("oauth/jwks", discovery.jwks, name="jwks"),
    path("oauth/authorize", authorize.authorize, name="authorize"),
    path("oauth/par", par.par, name="par"),
    path("oauth/consent", consent.consent, name="consent"),
    path("oauth/token", token.token, name="token"),
    path("oauth/userinfo", userinfo.userinfo, name="userinfo"),
    path("oauth/introspect", introspect.introspect, name="introspect"),
    path("oauth/revoke", revoke.revoke, name="revoke"),
    path("oauth/register", register.register, name="register"),
    path("oauth/register/<str:client_id>", register.configuration, name="registration"),
    path("oauth/logout", logout.logout, name="logout"),
]
