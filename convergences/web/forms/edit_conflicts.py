"""Two people on one sheet: a form saves every field, so an old page would undo what somebody saved since.

The page carries a mark of what it showed. When it is no longer so, the form comes back with what was typed and says it;
saving again then replaces the other's change knowingly.
"""

import json

from django.http import HttpRequest

from convergences.foundations.sealing import digest
from convergences.foundations.text import french
from convergences.web.forms.house import HouseForm

CHANGED = (
    "Quelqu'un d'autre, ou vous dans un autre onglet, a enregistré depuis l'ouverture de cette page. Comparez avec la "
    "fiche ; enregistrer de nouveau la remplace par ce qui suit."
)


def mark(form: HouseForm) -> str:
    """Return the mark of what a form shows before anybody types: another one once that has changed."""
    shown = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return digest(json.dumps(shown, default=str, sort_keys=True))[:16]


def stands(request: HttpRequest, form: HouseForm) -> bool:
    """Say whether a form may be saved: it is valid, and what its page showed is still so; adds an error otherwise."""
    valid, present = form.is_valid(), mark(form)
    if request.POST.get("seen", present) == present:
        return valid
    form.add_error(None, french(CHANGED))
    return False
