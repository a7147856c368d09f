"""Addresses of the room."""

from django.urls import path

from convergences.pages.account.views import agreements, attachment, leave, photo, profile, security

app_name = "account"

urlpatterns = [
    path("", profile.front, name="directory"),
    path("profil", profile.profile, name="profile"),
    path("profil/photo", photo.photo, name="photo"),
    path("photos/<uuid:photo>", photo.photo_file, name="photo_file"),
    path("rattachements/<uuid:uid>", attachment.confirm_attachment, name="confirm_attachment"),
    path("securite", security.security, name="security"),
    path("securite/mot-de-passe", security.change_password, name="change_password"),
    path("securite/appareils/<uuid:uid>", security.end_session, name="end_session"),
    path("securite/autres-appareils", security.end_other_sessions, name="end_other_sessions"),
    path("securite/accords/<slug:slug>", agreements.withdraw, name="withdraw"),
    path("quitter", leave.leave, name="leave"),
]
