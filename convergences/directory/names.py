"""French articles before the names of organizations: « la Ville de Pantin », « du Département… », « à l’Office… »."""

_WORDS = {
    "la": "caisse commission commune communauté compagnie crèche direction fondation maison mairie métropole mission "
    "régie région résidence société ville",
    "le": "ccas cdg centre cias cig comité conseil département foyer groupement pôle sdis service siaap sigeif "
    "sipperec sivom sivu smictom syndicat théâtre",
    "l’": "agence agglomération association assemblée école établissement epa epci epic ept institut office oph union",
}
_ARTICLES = {word: article for article, words in _WORDS.items() for word in words.split()}
_VOWELS = frozenset("aeiouyàâäéèêëîïôöùûüœæ")


def _article(name: str) -> str:
    first = name.split(maxsplit=1)[:1]
    return _ARTICLES.get(first[0].casefold(), "") if first else ""


def with_article(name: str) -> str:
    """Return the name with its definite article, or alone: « la Ville de Pantin », « Est Ensemble »."""
    article = _article(name)
    if article == "l’":
        return f"l’{name}"
    return f"{article} {name}" if article else name


def of(name: str) -> str:
    """Return the name after « de »: « de la Ville de Pantin », « du CCAS… », « de l’Office… », « d’Est Ensemble »."""
    article = _article(name)
    if article == "le":
        return f"du {name}"
    if not article and name[:1].casefold() in _VOWELS:
        return f"d’{name}"
    return f"de {with_article(name)}"


def at(name: str) -> str:
    """Return the name after « à »: « à la Ville de Pantin », « au CCAS… », « à l’Office… », « à Est Ensemble »."""
    return f"au {name}" if _article(name) == "le" else f"à {with_article(name)}"
