"""The application's addresses."""

from django.urls import path

from convergences_demo.commission import views
from convergences_demo.house import back_channel, doors

urlpatterns = [
    path("", views.home),
    path("deposer", views.deposit),
    path("mon-acces", views.my_access),
    path("connexion", doors.sign_in),
    path("retour", doors.come_back),
    path("deconnexion", doors.sign_out),
    path("au-revoir", doors.goodbye),
    path("deconnexion-par-le-portail", back_channel.told),
    path("healthz", doors.healthz),
]

handler404 = "convergences_demo.house.doors.not_found"
