"""Addresses of the room; for the centre's engineers alone."""

from django.urls import path

from convergences.pages.administration.views import catalogue

app_name = "administration"

urlpatterns = [
    path("applications", catalogue.applications, name="applications"),
]
