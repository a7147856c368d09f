"""Addresses of the room."""

from django.urls import path

from convergences.pages.answers.views import deciding, keying, queue, scans, sheet

app_name = "answers"

urlpatterns = [
    path("reponses-a-verifier", queue.queue, name="queue"),
    path("reponses-a-verifier/<uuid:designation>", sheet.answer, name="answer"),
    path("reponses-a-verifier/<uuid:designation>/accepter", deciding.accept, name="accept"),
    path("reponses-a-verifier/<uuid:designation>/renvoyer", deciding.send_back, name="send_back"),
    path("reponses-a-verifier/<uuid:designation>/classer", deciding.set_aside, name="set_aside"),
    path("reponses-a-verifier/<uuid:designation>/corriger", keying.take_up, name="take_up"),
    path("reponses-a-verifier/<uuid:designation>/numerisation", scans.of_answer, name="scan"),
    path("reponses-sur-papier", keying.find, name="find"),
    path("reponses-sur-papier/<uuid:invitation>", keying.key_in, name="key_in"),
    path("reponses-sur-papier/<uuid:invitation>/numerisation/<uuid:kept>", scans.kept, name="kept_scan"),
]
