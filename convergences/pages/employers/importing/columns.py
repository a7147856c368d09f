"""The headings of a list, as people type them: without accents or case, in any order, ours or others'."""

from convergences.directory.models import Affiliation, OrganizationKind
from convergences.foundations.text import searchable
from convergences.pages.employers.importing.tables import BadFile, Table

LABELS = {
    "siret": "SIRET",
    "name": "Nom",
    "kind": "Nature",
    "affiliation": "Lien",
    "department": "Département",
    "parent": "Rattaché à",
    "authority_title": "Titre de l’autorité",
    "authority_name": "Nom de l’autorité",
    "authority_email": "Adresse e-mail de l’autorité",
    "authority_address": "Adresse postale de l’autorité",
    "email_domains": "Domaines d’adresses",
    "correspondent": "Correspondant",
}
_ALSO = {
    "siret": "numero siret|n siret|no siret",
    "name": "employeur|collectivite|raison sociale|denomination|organisation|etablissement|nom de l employeur",
    "kind": "type|categorie",
    "affiliation": "affiliation|lien avec le centre|statut",
    "department": "dep|dept|numero de departement",
    "parent": "rattachement|rattachee a|collectivite de rattachement|siret de rattachement",
    "authority_title": "titre|qualite|fonction de l autorite",
    "authority_name": "autorite|autorite territoriale|maire|president",
    "authority_email": "e-mail de l autorite|email de l autorite|mail de l autorite|e-mail|email|mail|courriel",
    "authority_address": "adresse|adresse postale",
    "email_domains": "domaine|domaines|domaine d adresse|domaines des adresses e-mail",
    "correspondent": "correspondant cig",
}
_KNOWN = {word: name for name, words in _ALSO.items() for word in words.split("|")}
_KNOWN |= {searchable(label): name for name, label in LABELS.items()}
_KINDS = {searchable(word): value for value, label in OrganizationKind.choices for word in (value, label)}
_KINDS |= {"ept": "epci", "etablissement public territorial": "epci", "ville": "commune", "mairie": "commune"}
_LINKS = {searchable(word): value for value, label in Affiliation.choices for word in (value, label)}
_LINKS |= {"affiliee": "affiliated", "abonnee": "subscriber", "non affilie": "subscriber", "non affiliee": "subscriber"}

EMPTY = "(vide)"  # what a cell says to empty what is known; an empty cell leaves it

Row = dict[str, str]


def rows_of(table: Table) -> tuple[list[Row], list[str]]:
    """Return the lines by column, without cells that are empty, and the headings that say nothing to us.

    A cell that says `EMPTY` is kept as an empty text. Raises `BadFile` without a SIRET, or when two headings mean the
    same column.
    """
    named = [_KNOWN.get(_plain(heading), "") for heading in table[0]]
    if "siret" not in named:
        raise BadFile("Aucune colonne ne s'appelle « SIRET » : c'est à ce numéro que chaque employeur est reconnu.")
    twice = [LABELS[name] for name in LABELS if named.count(name) > 1]
    if twice:
        raise BadFile(f"Deux colonnes disent la même chose : {', '.join(twice)}. Gardez-en une.")
    rows = [{name: _said(cell) for name, cell in zip(named, line, strict=False) if name and cell} for line in table[1:]]
    return rows, [heading for heading, name in zip(table[0], named, strict=True) if heading and not name]


def kind_of(typed: str) -> str:
    """Return the kind that somebody means, or what they typed."""
    return _KINDS.get(_plain(typed), typed)


def affiliation_of(typed: str) -> str:
    """Return the link with the centre that somebody means, or what they typed."""
    return _LINKS.get(_plain(typed), typed)


def _said(cell: str) -> str:
    return "" if cell.casefold() == EMPTY else cell


def _plain(typed: str) -> str:
    return " ".join(searchable(typed.replace("’", " ").replace("'", " ").replace("°", " ").replace(".", " ")).split())
