"""Addresses of the room (fixed paths of the product's configuration)."""

from django.urls import URLPattern, path

from convergences.protocols.saml.endpoints import initiated, metadata, slo, sso

app_name = "saml"

urlpatterns: list[URLPattern] = [
    path("saml/metadata", metadata.metadata, name="metadata"),
    path("saml/sso", sso.sso, name="sso"),
    path("saml/suite", sso.go_on, name="go_on"),
    path("saml/ouvrir/<slug:slug>", initiated.open_application, name="open"),
    path("saml/slo", slo.slo, name="slo"),
    path("saml/slo/soap", slo.soap, name="slo_soap"),
    path("saml/slo/suite", slo.answered, name="slo_answered"),
    path("saml/slo/tour", slo.tour, name="slo_tour"),
]
