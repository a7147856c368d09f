"""Addresses of the room."""

from django.urls import URLPattern

app_name = "sign_in"

urlpatterns: list[URLPattern] = []
