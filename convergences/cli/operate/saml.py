"""`convergences saml`: the key that signs what applications receive by SAML, and what will soon be out of date."""

import datetime as dt
from typing import Any

import click

from convergences.cli.answers import answer, json_option, moment, operator
from convergences.protocols.saml import expiries
from convergences.protocols.saml.models import SigningCertificate
from convergences.protocols.saml.services import signing_key


@click.group("saml", short_help="SAML : clé de signature, échéances.")
def command() -> None:
    """Clé qui signe ce que reçoivent les applications en SAML, et ce qui arrive à échéance."""


@command.command("rotate-key")
@click.option("--overlap", default=30.0, show_default=True, type=click.FloatRange(0), help="Jours avant de signer.")
@click.option("--withdraw", is_flag=True, help="Urgence : la clé a fui, elle est retirée aussitôt.")
@json_option
def rotate_key(overlap: float, withdraw: bool, as_json: bool) -> None:  # noqa: FBT001 - click's options
    """Crée la clé suivante, publiée tout de suite ; elle signe après le délai, l’ancienne reste publiée d’autant.

    Les applications qui ne relisent pas notre description doivent recevoir le nouveau certificat avant ce jour.
    """
    actor = operator("saml rotate-key")
    row = (
        signing_key.withdraw(actor=actor)
        if withdraw
        else signing_key.renew(overlap=dt.timedelta(days=overlap), actor=actor)
    )
    lines = [f"{row.fingerprint} signera à partir du {moment(row.signs_from)}.", row.certificate.strip()]
    answer(_value(row), lines, as_json=as_json)


@command.command("expiries")
@click.option("--days", default=30, show_default=True, type=click.IntRange(0), help="Échéances d’ici tant de jours.")
@json_option
def list_expiries(days: int, as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Liste les certificats et les descriptions d’applications qui arrivent à échéance, ou y sont."""
    found = expiries.soon(dt.timedelta(days=days))
    lines = [f"{moment(one.at)}  {one.application or 'portail':20}  {one.what}" for one in found]
    value = [{"application": one.application, "what": one.what, "at": one.at} for one in found]
    answer(value, lines or ["Aucune échéance."], as_json=as_json)


def _value(row: SigningCertificate) -> dict[str, Any]:
    return {
        "fingerprint": row.fingerprint,
        "signs_from": row.signs_from,
        "expires_at": row.expires_at,
        "certificate": row.certificate,
    }
