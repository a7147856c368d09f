"""Addresses of the room."""

from django.urls import path

from convergences.pages.home.views import help as help_view
from convergences.pages.home.views import legal, mailbox, opening, portal

app_name = "home"

urlpatterns = [
    path("", portal.portal, name="portal"),
    path("plus-tard", portal.later, name="later"),
    path("ouvrir/<slug:slug>", opening.open_application, name="open"),
    path("ouvrir/<slug:slug>/employeur", opening.choose_employer, name="choose_employer"),
    path("aide", help_view.help_page, name="help"),
    path("donnees-personnelles", legal.privacy, name="privacy"),
    path("accessibilite", legal.accessibility, name="accessibility"),
    path("mentions-legales", legal.legal, name="legal"),
    path("courrier", mailbox.letters, name="demo_mailbox"),
    path("courrier/<int:number>", mailbox.letter, name="demo_letter"),
    path("courrier/<int:number>/message", mailbox.message, name="demo_message"),
]
