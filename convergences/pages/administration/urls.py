"""Addresses of the room; for the centre's engineers alone."""

from django.urls import path

from convergences.pages.administration.views import (
    catalogue,
    connect,
    create,
    keys,
    modify,
    secrets,
    sheet,
    snippets,
    standing,
    trial,
)

app_name = "administration"

urlpatterns = [
    path("", catalogue.home, name="home"),
    path("applications", catalogue.applications, name="applications"),
    path("nouvelle-application", create.create, name="create"),
    path("applications/<slug:slug>", sheet.application, name="application"),
    path("applications/<slug:slug>/modifier", modify.modify, name="modify"),
    path("applications/<slug:slug>/raccordement/<slug:protocol>", connect.connect, name="connect"),
    path("applications/<slug:slug>/essayer", trial.trial, name="trial"),
    path("applications/<slug:slug>/reglages", snippets.snippets, name="snippets"),
    path("applications/<slug:slug>/ouvrir", standing.open_application, name="open"),
    path("applications/<slug:slug>/fermer", standing.close, name="close"),
    path("applications/<slug:slug>/secrets/ajouter", secrets.add, name="secret_add"),
    path("applications/<slug:slug>/secrets/<slug:handle>/retirer", secrets.remove, name="secret_remove"),
    path("cles", keys.keys, name="keys"),
    path("cles/<slug:algorithm>/renouveler", keys.renew, name="key_renew"),
    path("cles/<slug:algorithm>/divulguee", keys.withdraw, name="key_withdraw"),
]
