"""Addresses of the room."""

from django.urls import path

from convergences.pages.presence.views import handing_over, reaching

app_name = "presence"

urlpatterns = [
    path("me-joindre", reaching.reach, name="reach"),
    path("me-joindre/horaires", reaching.hours, name="hours"),
    path("me-joindre/retour", reaching.come_back, name="come_back"),
    path("confier-des-employeurs", handing_over.hand_over, name="hand_over"),
]
