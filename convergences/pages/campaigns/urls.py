"""Addresses of the room."""

from django.urls import path

from convergences.pages.campaigns.views import (
    campaigns,
    deleting,
    export,
    launching,
    posting,
    preview,
    reminding,
    saving,
    sheet,
    standing,
)

app_name = "campaigns"

urlpatterns = [
    path("designations", campaigns.campaigns, name="campaigns"),
    path("designations/preparer", saving.create, name="create"),
    path("designations/employeurs-concernes", saving.reach, name="reach"),
    path("designations/<uuid:campaign>", sheet.campaign, name="campaign"),
    path("designations/<uuid:campaign>/modifier", saving.modify, name="modify"),
    path("designations/<uuid:campaign>/supprimer", deleting.delete, name="delete"),
    path("designations/<uuid:campaign>/apercu", preview.preview, name="preview"),
    path("designations/<uuid:campaign>/apercu/courrier-<int:number>.png", preview.letter, name="letter"),
    path("designations/<uuid:campaign>/lancer", launching.launch, name="launch"),
    path("designations/<uuid:campaign>/envoi", sheet.mailing, name="mailing"),
    path("designations/<uuid:campaign>/pause", standing.pause, name="pause"),
    path("designations/<uuid:campaign>/reprendre", standing.resume, name="resume"),
    path("designations/<uuid:campaign>/calendrier", standing.reschedule, name="reschedule"),
    path("designations/<uuid:campaign>/clore", standing.close, name="close"),
    path("designations/<uuid:campaign>/relancer", standing.remind, name="remind"),
    path("designations/<uuid:campaign>/relancer-tous", reminding.remind_all, name="remind_all"),
    path("designations/<uuid:campaign>/courriers", posting.letters, name="letters"),
    path("designations/<uuid:campaign>/courriers/avancement", posting.under_way, name="letters_under_way"),
    path(
        "designations/<uuid:campaign>/courriers/<uuid:mailing>/volume-<int:number>.pdf", posting.volume, name="volume"
    ),
    path("designations/<uuid:campaign>/courriers/<uuid:mailing>/volumes.zip", posting.archive, name="archive"),
    path("designations/<uuid:campaign>/courriers/<uuid:mailing>/postes", posting.posted, name="posted"),
    path("designations/<uuid:campaign>/courrier/<uuid:invitation>", posting.letter_of, name="letter_of"),
    path("designations/<uuid:campaign>/employeurs.xlsx", export.export, name="export"),
]
