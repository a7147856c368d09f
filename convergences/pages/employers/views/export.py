"""The employers that the list shows, as a file: three queries and one reading, whatever their number."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.views.decorators.http import require_safe

from convergences.campaigns import employers as campaigns
from convergences.directory import employers as directory
from convergences.directory.models import Affiliation, Organization, OrganizationKind
from convergences.foundations import clock
from convergences.foundations.text import french
from convergences.pages.employers.filters import Asked
from convergences.pages.employers.lines import chip_in
from convergences.pages.employers.views.employers import chosen
from convergences.web import downloads
from convergences.web.entrance.guards import for_correspondent
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
WRITERS = {"csv": downloads.as_csv, "xlsx": downloads.as_xlsx}
COLUMNS = (
    "pk",
    "siret",
    "name",
    "kind",
    "affiliation",
    "department",
    "parent__name",
    "authority_title",
    "authority_name",
    "authority_email",
    "authority_address",
    "email_domains",
    "correspondent__given_name",
    "correspondent__family_name",
    "active",
)
KINDS = {value: french(str(label)) for value, label in OrganizationKind.choices}
AFFILIATIONS = {value: str(label) for value, label in Affiliation.choices}
CHUNK = 1000


@for_correspondent
@require_safe
def export(request: CorrespondentRequest, form: str) -> HttpResponseBase:
    """Send the employers that the address asks for, as CSV or as a spreadsheet."""
    if form not in WRITERS:
        raise Http404
    found = chosen(Asked.read(request.GET), request.agent.pk)
    return WRITERS[form](f"employeurs-{clock.today().isoformat()}", HEADINGS, _rows(found))


def _rows(found: QuerySet[Organization]) -> Iterator[downloads.Row]:
    """Yield a row for each employer, of columns alone: 50,000 models would take the request four times as long."""
    people, accounts = directory.addresses_of_referents(), directory.accounts_of_each()
    words = {pk: chip_in(state, late=late)[1] for pk, (state, late) in campaigns.states().items()}
    for pk, siret, name, kind, link, department, *authority, domains, given, family, active in found.values_list(
        *COLUMNS
    ).iterator(chunk_size=CHUNK):
        referents = people.get(pk, [])
        yield (
            siret,
            name,
            KINDS[kind],
            AFFILIATIONS[link],
            department,
            *(each or "" for each in authority),
            ", ".join(domains),
            f"{given or ''} {family or ''}".strip(),
            ", ".join(name for name, _ in referents),
            ", ".join(email for _, email in referents if email),
            accounts.get(pk, 0),
            words.get(pk, ""),
            "oui" if active else "non",
        )
