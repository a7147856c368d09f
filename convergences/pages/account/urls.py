"""Addresses of the room."""

from django.urls import path

from convergences.pages.account.views import (
    agreements,
    attachment,
    devices,
    factors,
    leave,
    passkeys,
    photo,
    profile,
    recovery_codes,
    second_step,
    security,
    totp,
)

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
    path("securite/appareils-de-confiance", devices.end_all, name="end_devices"),
    path("securite/appareils-de-confiance/<uuid:uid>", devices.end, name="end_device"),
    path("securite/deux-etapes", second_step.choice, name="second_step"),
    path("securite/deux-etapes/application", totp.start, name="totp"),
    path("securite/deux-etapes/application/<uuid:uid>", totp.link, name="totp_link"),
    path("securite/deux-etapes/cle", passkeys.create, name="passkey"),
    path("securite/deux-etapes/terminee", second_step.done, name="second_step_done"),
    path("securite/codes-de-secours", recovery_codes.make, name="recovery_codes"),
    path("securite/codes-de-secours/fichier", recovery_codes.as_file, name="recovery_codes_file"),
    path("securite/codes-de-secours/gardes", recovery_codes.kept, name="recovery_codes_kept"),
    path("securite/moyens/<slug:kind>/<uuid:uid>/nom", factors.rename, name="rename_factor"),
    path("securite/moyens/<slug:kind>/<uuid:uid>/suppression", factors.remove, name="remove_factor"),
    path("securite/accords/<slug:slug>", agreements.withdraw, name="withdraw"),
    path("quitter", leave.leave, name="leave"),
]
