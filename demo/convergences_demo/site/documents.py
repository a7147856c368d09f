"""What the restricted pages hold; invented."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class News:
    """A piece of news."""

    title: str
    date: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document, and the role that opens it; nothing for all who come."""

    title: str
    kind: str
    updated: str
    role: str = ""


NEWS = (
    News("Élections professionnelles : le calendrier des collectivités", "16 novembre 2026",
         "Dates de dépôt des listes, composition des bureaux et modèles d’arrêtés : tout ce qu’il faut préparer."),
    News("Protection sociale complémentaire : la convention est prête", "9 novembre 2026",
         "Les employeurs qui ont donné mandat peuvent délibérer. Un modèle de délibération est dans les documents."),
    News("Rencontre des responsables des ressources humaines", "3 novembre 2026",
         "Jeudi 10 décembre, de 9 h 30 à 12 h 30 : absences de longue durée, prévention et reclassement."),
)  # fmt: skip
DOCUMENTS = (
    Document("Annuaire des services du CIG", "Tableau", "2 novembre 2026"),
    Document("Barème des prestations 2027", "Tarifs", "28 octobre 2026", "reader"),
    Document("Délibération type : protection sociale complémentaire", "Modèle", "9 novembre 2026", "reader"),
    Document("Guide de l’employeur : accident de service", "Guide", "14 septembre 2026", "reader"),
)


def for_roles(roles: tuple[str, ...]) -> list[Document]:
    """Return the documents that these roles open."""
    return [document for document in DOCUMENTS if not document.role or document.role in roles]
