"""The directory's words in the journal."""

from convergences.audit.words import Word


class Action(Word):
    """What is done to identities, attachments and organizations."""

    AGENT_CREATED = "directory.agent_created", "Compte créé", "user-plus"
    AGENT_ACTIVATED = "directory.agent_activated", "Première visite faite", "circle-check"
    AGENT_MODIFIED = "directory.agent_modified", "Fiche modifiée", "pencil"
    EMAIL_CHANGED = "directory.email_changed", "Adresse e-mail modifiée", "mail"
    INVITATION_SENT = "directory.invitation_sent", "Invitation envoyée", "mail-forward"
    MEMBER_SUSPENDED = "directory.member_suspended", "Compte suspendu", "player-pause"
    MEMBER_REACTIVATED = "directory.member_reactivated", "Compte réactivé", "refresh"
    MEMBER_CLOSED = "directory.member_closed", "Compte supprimé", "trash"
    MEMBER_RESTORED = "directory.member_restored", "Compte rétabli", "refresh"
    ATTACHMENT_CONFIRMED = "directory.attachment_confirmed", "Rattachement accepté", "check"
    ATTACHMENT_DECLINED = "directory.attachment_declined", "Rattachement refusé", "x"
    REFERENT_NAMED = "directory.referent_named", "Référent désigné", "shield-check"
    REFERENT_ENDED = "directory.referent_ended", "Fin de désignation d’un référent", "shield-check"
    STAFF_ROLE_GRANTED = "directory.staff_role_granted", "Rôle au centre donné", "shield-check"
    STAFF_ROLE_REVOKED = "directory.staff_role_revoked", "Rôle au centre retiré", "shield-check"
    PHOTO_CHANGED = "directory.photo_changed", "Photo modifiée", "user"
    PHOTO_REMOVED = "directory.photo_removed", "Photo supprimée", "user"
    ORGANIZATION_CREATED = "directory.organization_created", "Organisation créée", "building-community"
    ORGANIZATION_CLOSED = "directory.organization_closed", "Organisation fermée", "lock"
    ORGANIZATION_REOPENED = "directory.organization_reopened", "Organisation rouverte", "lock-open"
    ORGANIZATION_MERGED = "directory.organization_merged", "Organisation absorbée par une autre", "building-community"
    ORGANIZATION_GREW = "directory.organization_grew", "Organisation agrandie par une fusion", "building-community"
    MEMBER_MOVED = "directory.member_moved", "Compte repris après une fusion", "users"
    ORGANIZATION_MODIFIED = "directory.organization_modified", "Organisation modifiée", "building-community"
