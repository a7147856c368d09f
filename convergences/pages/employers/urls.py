"""Addresses of the room. Acts about no employer stand beside the list: a handle may be any word."""

from django.urls import path

from convergences.pages.employers.views import (
    attaching,
    designating,
    employers,
    export,
    importing,
    merging,
    offering,
    saving,
    sheet,
    standing,
)

app_name = "employers"

urlpatterns = [
    path("employeurs", employers.employers, name="employers"),
    path("employeurs.<slug:form>", export.export, name="export"),
    path("ajouter-un-employeur", saving.create, name="create"),
    path("importer-des-employeurs", importing.import_employers, name="import"),
    path("employeurs/<slug:organization>", sheet.employer, name="employer"),
    path("employeurs/<slug:organization>/journal", sheet.journal, name="journal"),
    path("employeurs/<slug:organization>/modifier", saving.modify, name="modify"),
    path("employeurs/<slug:organization>/fermer", standing.close, name="close"),
    path("employeurs/<slug:organization>/rouvrir", standing.reopen, name="reopen"),
    path("employeurs/<slug:organization>/rattacher", attaching.attach, name="attach"),
    path("employeurs/<slug:organization>/designer", designating.designate, name="designate"),
    path("employeurs/<slug:organization>/relancer", designating.remind, name="remind"),
    path("employeurs/<slug:organization>/adresse", designating.address, name="address"),
    path("employeurs/<slug:organization>/nouveau-lien", designating.new_link, name="new_link"),
    path("employeurs/<slug:organization>/applications/<slug:slug>", offering.modify, name="offer"),
    path("employeurs/<slug:organization>/fusionner", merging.merge, name="merge"),
    path("employeurs/<slug:organization>/fusionner/agents.xlsx", merging.people, name="merge_people"),
]
