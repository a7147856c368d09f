"""Addresses of the room."""

from django.urls import path

from convergences.pages.employers.views import employers

app_name = "employers"

urlpatterns = [
    path("", employers.employers, name="employers"),
]
