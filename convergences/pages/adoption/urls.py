"""Addresses of the room."""

from django.urls import path

from convergences.pages.adoption.views import accounts, overview, referents

app_name = "adoption"

urlpatterns = [
    path("suivi", overview.overview, name="overview"),
    path("suivi/referents", referents.referents, name="referents"),
    path("suivi/referents/<uuid:member>/relancer", referents.call, name="call"),
    path("suivi/comptes", accounts.accounts, name="accounts"),
    path("suivi/comptes/<slug:organization>", accounts.waiting, name="waiting"),
]
