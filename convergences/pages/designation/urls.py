"""Addresses of the room: none holds a secret, but the one that a mail gives and that leaves the address at once."""

from django.urls import path

from convergences.pages.designation.views import entrance, form, receipt, signature

app_name = "designation"

urlpatterns = [
    path("designation", entrance.arrive, name="arrive"),
    path("designation/courrier", entrance.letter, name="letter"),
    path("designation/formulaire", form.fill, name="form"),
    path("designation/signature", signature.sign, name="sign"),
    path("designation/accuse", receipt.show, name="receipt"),
    path("designation/accuse.pdf", receipt.download, name="receipt_pdf"),
]
