"""Every address of the product, wired in one visible place."""

from django.urls import include, path

urlpatterns = [
    path("", include("convergences.web.urls")),
    path("", include("convergences.pages.sign_in.urls")),
    path("", include("convergences.pages.home.urls")),
    path("", include("convergences.pages.designation.urls")),
    path("annuaire/", include("convergences.pages.account.urls")),
    path("annuaire/collectivites/<slug:organization>/", include("convergences.pages.team.urls")),
    path("espace-cig/", include("convergences.pages.employers.urls")),
    path("espace-cig/", include("convergences.pages.campaigns.urls")),
    path("espace-cig/", include("convergences.pages.mandates.urls")),
    path("espace-cig/", include("convergences.pages.presence.urls")),
    path("espace-cig/", include("convergences.pages.answers.urls")),
    path("espace-cig/", include("convergences.pages.adoption.urls")),
    path("administration/", include("convergences.pages.administration.urls")),
    path("", include("convergences.protocols.oidc.urls")),
    path("", include("convergences.protocols.cas.urls")),
    path("", include("convergences.protocols.forward_auth.urls")),
    path("", include("convergences.protocols.saml.urls")),
]

handler400 = "convergences.web.errors.bad_request"
handler403 = "convergences.web.errors.forbidden"
handler404 = "convergences.web.errors.not_found"
handler500 = "convergences.web.errors.server_error"
