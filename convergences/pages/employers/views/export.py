"""The employers that the list shows, as a file: three queries and one reading, whatever their number."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.views.decorators.http import require_safe

from convergences.campaigns import employers as campaigns
from convergences.campaigns.models import Campaign
from convergences.directory import employers as directory
from convergences.directory.models import Organization
from convergences.foundations import clock
from convergences.foundations.text import french
from convergences.pages.employers.filters import Asked
from convergences.pages.employers.lines import chip_of
from convergences.pages.employers.views.employers import chosen
from convergences.web import files
from convergences.web.guards import for_correspondent
from convergences.web.requests import CorrespondentRequest

HEADINGS = (
    "SIRET",
    "Nom",
    "Nature",
    "Lien",
    "Département",
    "Rattaché à",
    "Titre de l’autorité",
    "Nom de l’autorité",
    "Adresse e-mail de l’autorité",
    "Adresse postale de l’autorité",
    "Domaines d’adresses",
    "Correspondant",
    "Référents",
    "Adresses e-mail des référents",
    "Comptes",
    "Désignation",
    "Ouvert",
)
WRITERS = {"csv": files.as_csv, "xlsx": files.as_xlsx}
CHUNK = 1000


@for_correspondent
@require_safe
def export(request: CorrespondentRequest, form: str) -> HttpResponseBase:
    """Send the employers that the address asks for, as CSV or as a spreadsheet."""
    if form not in WRITERS:
        raise Http404
    campaign = campaigns.latest()
    found = chosen(Asked.read(request.GET), campaign, request.agent.pk).select_related("parent", "correspondent")
    return WRITERS[form](f"employeurs-{clock.today().isoformat()}", HEADINGS, _rows(found, campaign))


def _rows(found: QuerySet[Organization], campaign: Campaign | None) -> Iterator[files.Row]:
    people, accounts = directory.addresses_of_referents(), directory.accounts_of_each()
    answers = campaigns.invitations(campaign) if campaign else {}
    for each in found.iterator(chunk_size=CHUNK):
        referents, answer = people.get(each.pk, []), answers.get(each.pk)
        yield (
            each.siret,
            each.name,
            french(each.get_kind_display()),
            each.get_affiliation_display(),
            each.department,
            each.parent.name if each.parent else "",
            each.authority_title,
            each.authority_name,
            each.authority_email,
            each.authority_address,
            ", ".join(each.email_domains),
            each.correspondent.full_name if each.correspondent else "",
            ", ".join(name for name, _ in referents),
            ", ".join(email for _, email in referents if email),
            accounts.get(each.pk, 0),
            chip_of(answer, campaign)[1] if campaign and answer else "",
            "oui" if each.active else "non",
        )
