"""Addresses of the room (fixed paths of the product's configuration)."""

from django.urls import URLPattern

app_name = "oidc"

urlpatterns: list[URLPattern] = []
