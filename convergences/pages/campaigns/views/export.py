"""The employers of a campaign as a spreadsheet: one reading, whatever their number."""

from collections.abc import Iterator

from django.http import StreamingHttpResponse
from django.views.decorators.http import require_safe

from convergences.campaigns import progress
from convergences.campaigns.models import Campaign, InvitationState
from convergences.directory.models import OrganizationKind
from convergences.foundations import clock
from convergences.foundations.text import french
from convergences.pages.campaigns.guarded import for_campaign
from convergences.web import downloads
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
COLUMNS = (
    "organization__kind",
    "state",
    "reminder_count",
    "organization__correspondent__given_name",
    "organization__correspondent__family_name",
    "mailed_at",
    "opened_at",
    "answered_at",
    "reminded_at",
    "organization__siret",
    "organization__name",
    "organization__department",
    "reference",
    "organization__authority_email",
)
KINDS = {value: french(str(label)) for value, label in OrganizationKind.choices}
STATES = {value: str(label) for value, label in InvitationState.choices}
CHUNK = 1000


@for_campaign
@require_safe
def export(_request: CorrespondentRequest, campaign: Campaign) -> StreamingHttpResponse:
    """Send how far each employer is."""
    return downloads.as_xlsx(f"designation-{clock.today().isoformat()}", HEADINGS, _rows(campaign))


def _rows(campaign: Campaign) -> Iterator[downloads.Row]:
    """Yield a row for each employer, of columns alone: 50,000 models would take the request four times as long."""
    for kind, state, reminders, given, family, *days, siret, name, department, reference, email in (
        progress.asked_in(campaign).values_list(*COLUMNS).iterator(chunk_size=CHUNK)
    ):
        mailed, opened, answered, reminded = (clock.day_of(at).isoformat() if at else "" for at in days)
        yield (
            siret,
            name,
            KINDS[kind],
            department,
            reference,
            STATES[state],
            email,
            mailed,
            opened,
            answered,
            reminders,
            reminded,
            f"{given or ''} {family or ''}".strip(),
        )
