"""Pages that the law asks for."""

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convergences.web.entrance.guards import open_to_strangers
from convergences.web.serving.cookies import BROWSER_COOKIE, PREFIX


class Cookie(NamedTuple):
    """A cookie, told truthfully."""

    name: str
    purpose: str
    kept: str


@require_safe
@open_to_strangers
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what becomes of personal data, whom to write to, and which cookies there are (RGPD, articles 13 and 14)."""
    cookies = (
        Cookie(
            settings.SESSION_COOKIE_NAME,
            "Vous garder connecté d’une page à l’autre.",
            "1 heure sans activité, 10 heures au plus",
        ),
        Cookie(settings.CSRF_COOKIE_NAME, "Vérifier que les formulaires reçus viennent bien de vous.", "1 an"),
        Cookie(
            BROWSER_COOKIE,
            "Reconnaître un navigateur où vous vous êtes connecté : personne d’autre ne peut bloquer votre compte.",
            "1 an",
        ),
        Cookie(f"{PREFIX}visit", "Retenir où vous en êtes de votre première visite.", "40 minutes au plus"),
        Cookie(f"{PREFIX}reset", "Retenir où vous en êtes d’une réinitialisation.", "40 minutes au plus"),
        Cookie("messages", "Afficher une fois le résultat de votre dernière action.", "Le temps d’une page"),
    )
    return render(request, "home/privacy.html", {"cookies": cookies})


@require_safe
@open_to_strangers
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the declaration of accessibility (décret 2019-768)."""
    return render(request, "home/accessibility.html")


@require_safe
@open_to_strangers
def legal(request: HttpRequest) -> HttpResponse:
    """Say who publishes and hosts the site (loi 2004-575, article 6)."""
    return render(request, "home/legal.html")
