"""Addresses of the room. A référent is named by their attachment, within their employer."""

from django.urls import path

from convergences.pages.mandates.views import ending, overview, reconfirming, recovery

app_name = "mandates"

_REFERENT = "employeurs/<slug:organization>/referents/<uuid:member>"

urlpatterns = [
    path("mandats", overview.mandates, name="mandates"),
    path("mandats/reconfirmer", reconfirming.start, name="reconfirm"),
    path("mandats/<uuid:reconfirmation>/retirer", reconfirming.withdraw, name="withdraw"),
    path(f"{_REFERENT}/fin-de-mandat", ending.end, name="end"),
    path(f"{_REFERENT}/fin-de-mandat/annuler", ending.lift, name="lift"),
    path(f"{_REFERENT}/retrouver-l-acces", recovery.recover, name="recover"),
    path(f"{_REFERENT}/retrouver-l-acces/annuler", recovery.cancel, name="recover_cancel"),
]
