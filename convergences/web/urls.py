"""Addresses for machines: health, figures, crawlers, security researchers; and the way out that protocols share."""

from django.urls import path

from convergences.web.logout import confirmation
from convergences.web.machines import health, metrics, wellknown

app_name = "web"

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.figures, name="metrics"),
    path("deconnexion/confirmer", confirmation.confirm, name="sign_out_of_all"),
    path("robots.txt", wellknown.robots, name="robots"),
    path("favicon.ico", wellknown.favicon, name="favicon"),
    path(".well-known/security.txt", wellknown.security, name="security_txt"),
]
