"""Addresses of the room. A person is named by their attachment, within their employer."""

from django.urls import path

from convergences.pages.mandates.views import ending, overview, reconfirming, recovery

app_name = "mandates"

_REFERENT = "employeurs/<slug:organization>/referents/<uuid:member>"
_AGENT = "employeurs/<slug:organization>/agents/<uuid:member>"

urlpatterns = [
    path("mandats", overview.mandates, name="mandates"),
    path("mandats/reconfirmer", reconfirming.start, name="reconfirm"),
    path("mandats/<uuid:reconfirmation>/retirer", reconfirming.withdraw, name="withdraw"),
    path(f"{_REFERENT}/fin-de-mandat", ending.end, name="end"),
    path(f"{_REFERENT}/fin-de-mandat/annuler", ending.lift, name="lift"),
    path("employeurs/<slug:organization>/retrouver-l-acces", recovery.find, name="find"),
    path(f"{_AGENT}/retrouver-l-acces", recovery.recover, name="recover"),
    path(f"{_AGENT}/retrouver-l-acces/annuler", recovery.cancel, name="recover_cancel"),
]
