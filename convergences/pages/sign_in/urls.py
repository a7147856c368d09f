"""Addresses of the room."""

from django.urls import path

from convergences.pages.sign_in.views import (
    estimate,
    first_visit,
    login,
    lost,
    not_me,
    passkey,
    reset,
    second_step,
    sign_out,
    step_up,
    step_up_mail,
)

app_name = "sign_in"

urlpatterns = [
    path("connexion", login.login, name="login"),
    path("connexion/verification", second_step.second_step, name="second_step"),
    path("connexion/verification/code-de-secours", second_step.recovery, name="second_step_recovery"),
    path("connexion/verification/plus-aucun-moyen", lost.lost, name="lost"),
    path("connexion/verification/plus-aucun-moyen/code", lost.code, name="lost_code"),
    path("connexion/cle", passkey.sign_in, name="passkey"),
    path("connexion/cle/demande", passkey.options, name="passkey_options"),
    path("securite/ce-nest-pas-moi", not_me.not_me, name="not_me"),
    path("verification", step_up.step_up, name="step_up"),
    path("verification/code-de-secours", step_up.recovery, name="step_up_recovery"),
    path("verification/par-e-mail", step_up_mail.send, name="step_up_mail"),
    path("verification/par-e-mail/code", step_up_mail.code, name="step_up_mail_code"),
    path("premiere-visite", first_visit.address, name="first_visit"),
    path("premiere-visite/code", first_visit.code, name="first_visit_code"),
    path("premiere-visite/lien", first_visit.link, name="first_visit_link"),
    path("premiere-visite/mot-de-passe", first_visit.password, name="first_visit_password"),
    path("premiere-visite/terminee", first_visit.done, name="first_visit_done"),
    path("premiere-visite/estimation", estimate.estimate, name="estimate"),
    path("reinitialisation", reset.address, name="reset"),
    path("reinitialisation/envoyee", reset.sent, name="reset_sent"),
    path("reinitialisation/lien", reset.link, name="reset_link"),
    path("reinitialisation/mot-de-passe", reset.password, name="reset_password"),
    path("reinitialisation/terminee", reset.done, name="reset_done"),
    path("deconnexion", sign_out.sign_out, name="sign_out"),
    path("deconnecte", sign_out.signed_out, name="signed_out"),
    path("session-terminee", sign_out.session_over, name="session_over"),
]
