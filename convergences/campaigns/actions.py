"""The words of campaigns in the journal."""

from convergences.audit.words import Word


class Action(Word):
    """What happened to a campaign, or to an employer in it."""

    CREATED = "campaigns.created", "Campagne préparée", "clipboard-check"
    MODIFIED = "campaigns.modified", "Campagne modifiée", "pencil"
    LAUNCHED = "campaigns.launched", "Campagne lancée", "mail-forward"
    PAUSED = "campaigns.paused", "Campagne mise en pause", "hourglass"
    RESUMED = "campaigns.resumed", "Campagne reprise", "mail-forward"
    CLOSED = "campaigns.closed", "Campagne close", "lock"
    REMINDED = "campaigns.reminded", "Relance demandée", "mail-forward"
    LETTERS_ASKED = "campaigns.letters_asked", "Courriers demandés", "mail"
    LETTERS_MADE = "campaigns.letters_made", "Courriers préparés", "mail"
    LETTERS_DOWNLOADED = "campaigns.letters_downloaded", "Courriers téléchargés", "download"
    LETTERS_POSTED = "campaigns.letters_posted", "Courriers postés", "mail-forward"
    LETTERS_DELETED = "campaigns.letters_deleted", "Fichier de courriers supprimé", "trash"
    LETTER_PRINTED = "campaigns.letter_printed", "Courrier refait pour un employeur", "mail"
    LINKS_REVOKED = "campaigns.links_revoked", "Liens de réponse révoqués", "lock"
    WITHDRAWN = "campaigns.withdrawn", "Employeur retiré d’une campagne", "x"
    CODE_SENT = "campaigns.code_sent", "Code de signature envoyé à l’adresse officielle", "mail"
    CODE_WRONG = "campaigns.code_wrong", "Code de désignation erroné", "alert-triangle"
    RECEIVED = "campaigns.received", "Désignation reçue", "mail-check"
    KEYED_IN = "campaigns.keyed_in", "Désignation sur papier saisie", "pencil"
    ACCEPTED = "campaigns.accepted", "Désignation validée", "circle-check"
    SENT_BACK = "campaigns.sent_back", "Désignation renvoyée pour correction", "mail-forward"
    TO_CONFIRM = "campaigns.to_confirm", "Mandats des référents à reconfirmer", "refresh"
    CONFIRMATION_LATE = "campaigns.confirmation_late", "Reconfirmation des référents en retard", "clock-exclamation"
    RECONFIRMATION_OPENED = "campaigns.reconfirmation_opened", "Reconfirmation ouverte", "refresh"
    RECONFIRMATION_WITHDRAWN = "campaigns.reconfirmation_withdrawn", "Reconfirmation retirée", "x"
    SET_ASIDE = "campaigns.set_aside", "Désignation classée sans suite", "lock"
