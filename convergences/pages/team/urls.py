"""Addresses of the room; each begins with the organization's handle, which the guard checks."""

from django.urls import path

from convergences.pages.team.views import (
    access,
    bulk,
    create,
    dashboard,
    journal,
    modify,
    recovery,
    sheet,
    standing,
    users,
)

app_name = "team"

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("utilisateurs", users.users, name="users"),
    path("utilisateurs/creer", create.create, name="create"),
    path("utilisateurs/selection", bulk.bulk, name="bulk"),
    path("utilisateurs/<uuid:uid>", sheet.user, name="user"),
    path("utilisateurs/<uuid:uid>/fiche", sheet.user_print, name="user_print"),
    path("utilisateurs/<uuid:uid>/habilitations", sheet.rights, name="rights"),
    path("utilisateurs/<uuid:uid>/habilitations/apercu", sheet.preview, name="preview"),
    path("utilisateurs/<uuid:uid>/modifier", modify.modify, name="modify"),
    path("utilisateurs/<uuid:uid>/suspendre", standing.suspend, name="suspend"),
    path("utilisateurs/<uuid:uid>/reactiver", standing.reactivate, name="reactivate"),
    path("utilisateurs/<uuid:uid>/supprimer", standing.delete, name="delete"),
    path("utilisateurs/<uuid:uid>/restaurer", standing.restore, name="restore"),
    path("utilisateurs/<uuid:uid>/invitation", access.invite, name="invite"),
    path("utilisateurs/<uuid:uid>/mot-de-passe", access.password_link, name="password_link"),
    path("utilisateurs/<uuid:uid>/sessions", access.close_sessions, name="close_sessions"),
    path("utilisateurs/<uuid:uid>/recuperation", recovery.recover, name="recover"),
    path("utilisateurs/<uuid:uid>/recuperation/annuler", recovery.cancel, name="recover_cancel"),
    path("journal", journal.journal, name="journal"),
    path("journal/export", journal.journal_export, name="journal_export"),
]
