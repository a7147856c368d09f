"""The words of rights in the journal."""

from convergences.audit.words import Word


class Action(Word):
    """What can happen to a right."""

    RIGHT_GRANTED = "entitlements.right_granted", "Droit donné", "key"
    RIGHT_CHANGED = "entitlements.right_changed", "Droit modifié", "pencil"
    RIGHT_TAKEN_OVER = "entitlements.right_taken_over", "Droit repris après une fusion", "key"
    RIGHT_REMOVED = "entitlements.right_removed", "Droit retiré", "x"
    RIGHT_EXPIRED = "entitlements.right_expired", "Droit arrivé à son terme", "clock"
    SEAT_GIVEN = "entitlements.seat_given", "Place d’abonnement attribuée", "check"
    SEAT_LOST = "entitlements.seat_lost", "Place d’abonnement perdue", "alert-triangle"
