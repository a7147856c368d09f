"""Two employers about to become one: the CCAS of Pantin and its town."""

from dataclasses import dataclass

from convergences.audit.services import SYSTEM
from convergences.campaigns.services import merging
from convergences.directory.models import Membership, Organization, Profile
from convergences.directory.services.merging import Absorbed
from tests.cast import Cast, join, member, organization
from tests.team.pages import right


@dataclass
class Fusion:
    """The CCAS, its référente Rose, its agent Yann, and Claire, who works for both."""

    ccas: Organization
    rose: Membership
    yann: Membership
    claire: Membership


def build_fusion(cast: Cast) -> Fusion:
    """Write the CCAS and its people; Yann and Claire hold rights there."""
    ccas = organization("ccas", "26930016700012", "CCAS de Pantin", kind="ccas", parent=cast.pantin)
    fusion = Fusion(
        ccas,
        rose=member(ccas, "Rose Amar", profile=Profile.REFERENT),
        yann=member(ccas, "Yann Le Gall", department="Aide à domicile"),
        claire=join(cast.claire.agent, ccas),
    )
    for each in (fusion.yann, fusion.claire):
        right(each, cast.bip)
    return fusion


def merged(fusion: Fusion, cast: Cast) -> Absorbed:
    """Let the town absorb the CCAS."""
    return merging.merge(fusion.ccas, cast.pantin, actor=SYSTEM)
