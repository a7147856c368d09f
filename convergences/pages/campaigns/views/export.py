"""The employers of a campaign as a spreadsheet: one reading, whatever their number."""

from collections.abc import Iterator

from django.http import FileResponse
from django.views.decorators.http import require_safe

from convergences.campaigns import progress
from convergences.campaigns.models import Campaign
from convergences.foundations import clock
from convergences.foundations.text import french
from convergences.pages.campaigns.guarded import for_campaign
from convergences.web import files
from convergences.web.requests import CorrespondentRequest

HEADINGS = (
    "SIRET",
    "Nom",
    "Nature",
    "Département",
    "Référence",
    "État",
    "Adresse e-mail de l’autorité",
    "Envoyé le",
    "Ouvert le",
    "Répondu le",
    "Relances",
    "Dernière relance",
    "Correspondant",
)
CHUNK = 1000


@for_campaign
@require_safe
def export(_request: CorrespondentRequest, campaign: Campaign) -> FileResponse:
    """Send how far each employer is."""
    return files.as_xlsx(f"designation-{clock.today().isoformat()}", HEADINGS, _rows(campaign))


def _rows(campaign: Campaign) -> Iterator[files.Row]:
    for each in progress.asked_in(campaign).iterator(chunk_size=CHUNK):
        employer = each.organization
        days = (each.mailed_at, each.opened_at, each.answered_at, each.reminded_at)
        mailed, opened, answered, reminded = (clock.day_of(at).isoformat() if at else "" for at in days)
        yield (
            employer.siret,
            employer.name,
            french(employer.get_kind_display()),
            employer.department,
            each.reference,
            each.get_state_display(),
            employer.authority_email,
            mailed,
            opened,
            answered,
            each.reminder_count,
            reminded,
            employer.correspondent.full_name if employer.correspondent else "",
        )
