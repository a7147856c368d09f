"""Addresses of the room at the portal's own host (fixed paths of the product's configuration)."""

from django.urls import URLPattern, path

from convergences.protocols.forward_auth.endpoints import check, leave, start

app_name = "forward_auth"

urlpatterns: list[URLPattern] = [
    path("gate/check", check.check, name="check"),
    path("gate/start", start.start, name="start"),
    path("gate/lost", start.lost, name="lost"),
    path("gate/leave", leave.leave, name="leave"),
]
