"""Addresses of the room (fixed paths of the product's configuration)."""

from django.urls import URLPattern, path

from convergences.protocols.cas.endpoints import login, logout, proxy, validate

app_name = "cas"

urlpatterns: list[URLPattern] = [
    path("cas/login", login.login, name="login"),
    path("cas/logout", logout.logout, name="logout"),
    path("cas/validate", validate.validate, name="validate"),
    path("cas/serviceValidate", validate.service_validate, name="service_validate"),
    path("cas/p3/serviceValidate", validate.service_validate, name="p3_service_validate"),
    path("cas/proxyValidate", validate.proxy_validate, name="proxy_validate"),
    path("cas/p3/proxyValidate", validate.proxy_validate, name="p3_proxy_validate"),
    path("cas/proxy", proxy.proxy, name="proxy"),
]
