"""`convergences key`: the keys that sign what applications receive, and those under which secrets are kept."""

import datetime as dt
from dataclasses import asdict
from typing import Any

import click
from django.db import transaction

from convergences.audit import signing
from convergences.audit.actions import Action
from convergences.audit.services import record
from convergences.authentication import seeds
from convergences.authentication.actions import Action as SecondFactorAction
from convergences.cli.answers import answer, counted, json_option, moment, operator
from convergences.foundations import clock, keys
from convergences.foundations.models import SigningKey
from convergences.protocols.saml import certificates as saml_certificates

STATES = {"next": "à venir", "signing": "signe", "published": "ne signe plus", "withdrawn": "retirée"}


@click.group("key", short_help="Clés de signature : lister, renouveler.")
def command() -> None:
    """Clés qui signent ce que reçoivent les applications."""


@command.command("list")
@json_option
def list_keys(as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Liste les clés et dit ce que chacune fait."""
    found = list(keys.all_keys())
    lines = [
        f"{key.algorithm:6} {key.kid}  {STATES[_state(key)]:13} depuis le {moment(key.signs_from)}" for key in found
    ]
    answer([_value(key) for key in found], lines or ["Aucune clé."], as_json=as_json)


@command.command()
@click.option("--algorithm", default="ES256", show_default=True, type=click.Choice(keys.ALGORITHMS))
@click.option("--overlap", default=24.0, show_default=True, type=click.FloatRange(0), help="Heures avant de signer.")
@click.option("--withdraw", is_flag=True, help="Urgence : la clé a fui, elle est retirée aussitôt.")
@json_option
def rotate(algorithm: str, overlap: float, withdraw: bool, as_json: bool) -> None:  # noqa: FBT001 - click's options
    """Crée la clé suivante, publiée tout de suite ; elle signe après le délai, l’ancienne reste publiée 7 jours."""
    actor = operator("key rotate")
    if withdraw:
        key = signing.withdraw(algorithm, actor=actor)
    else:
        key = signing.renew(algorithm, overlap=dt.timedelta(hours=overlap), actor=actor)
    answer(_value(key), [f"{algorithm} {key.kid} signera à partir du {moment(key.signs_from)}."], as_json=as_json)


@command.command()
@json_option
def reseal(as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Chiffre de nouveau les clés sous le SECRET_KEY du jour, avant de retirer l’ancien de SECRET_KEY_FALLBACKS."""
    with transaction.atomic():
        count = keys.reseal() + saml_certificates.reseal()
        record(Action.KEYS_RESEALED, actor=operator("key reseal"), keys=count)
    answer({"resealed": count}, [f"{counted(count, 'clé chiffrée')} de nouveau."], as_json=as_json)


@command.command("reseal-seeds")
@json_option
def reseal_seeds(as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Chiffre de nouveau les secrets des applications de codes sous le SECOND_FACTOR_KEY du jour.

    À lancer après avoir mis la nouvelle clé devant et l’ancienne dans SECOND_FACTOR_KEY_FALLBACKS, avant de retirer
    celle-ci. Interrompue, elle se relance et reprend ce qui reste. Sort en erreur si un secret ne s’ouvre pas.
    """
    if not seeds.offered():
        raise click.ClickException("SECOND_FACTOR_KEY manque : aucune clé sous laquelle chiffrer.")
    done = seeds.reseal()
    with transaction.atomic():
        record(SecondFactorAction.SEEDS_RESEALED, actor=operator("key reseal-seeds"), **asdict(done))
    lines = [f"{counted(done.sealed, 'secret chiffré')} de nouveau, {done.already} l’étaient déjà."]
    if done.unreadable:
        lines.append(f"{counted(done.unreadable, 'secret')} sous une clé inconnue : laissés tels quels.")
    answer(asdict(done), lines, as_json=as_json)
    if done.unreadable:
        raise SystemExit(1)


def _state(key: SigningKey) -> str:
    return keys.state_of(key, clock.now())


def _value(key: SigningKey) -> dict[str, Any]:
    return {
        "kid": key.kid,
        "algorithm": key.algorithm,
        "state": _state(key),
        "signs_from": key.signs_from,
        "signs_until": key.signs_until,
        "published_until": key.published_until,
    }
