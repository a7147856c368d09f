"""BIP's addresses."""

from django.urls import path

from convergences_demo.bip import back_channel, views

urlpatterns = [
    path("", views.home),
    path("fiches/<slug:slug>", views.sheet),
    path("modeles", views.templates),
    path("gerer", views.manage),
    path("gerer/<int:number>/supprimer", views.erase),
    path("mon-acces", views.my_access),
    path("connexion", views.sign_in),
    path("retour", views.come_back),
    path("deconnexion", views.sign_out),
    path("au-revoir", views.goodbye),
    path("deconnexion-par-le-portail", back_channel.told),
    path("healthz", views.healthz),
]

handler404 = "convergences_demo.bip.views.not_found"
