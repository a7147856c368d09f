"""`convergences application`: what operators do of applications that the declarative file does not say.

What an application is, and how it is connected, is in the file (`convergences apply`); here are the secrets that we
make, each shown once, and the tokens by which an application describes itself (RFC 7591).
"""

import datetime as dt
from typing import Any

import click

from convergences.catalog import queries as catalog
from convergences.catalog.models import Application
from convergences.cli.answers import answer, json_option, moment, operator
from convergences.foundations.errors import Refusal
from convergences.protocols.oidc import queries
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.services import clients, registration
from convergences.protocols.oidc.services.clients import Kept
from convergences.web.panels.panel import panel_of, panels

slug_argument = click.argument("slug", metavar="APPLICATION")
MOST_HOURS = registration.LONGEST / dt.timedelta(hours=1)


@click.group("application", short_help="Applications : lister, montrer, autoriser à se raccorder, changer un secret.")
def command() -> None:
    """Applications du catalogue. Leur fiche et leur raccordement se décrivent dans un fichier (convergences apply)."""


@command.command("list")
@json_option
def list_applications(as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Liste le catalogue, et dit quelles applications sont raccordées."""
    found = catalog.every_application()
    connected = {protocol: panel.described() for protocol, panel in panels().items()}
    states = {each.pk: _state(each, each.pk in connected.get(each.protocol, ())) for each in found}
    lines = [f"{each.slug:24} {each.status:7} {each.protocol:5} {states[each.pk]:15} {each.name}" for each in found]
    values = [{**_value(each), "connected": states[each.pk] == "raccordée"} for each in found]
    answer(values, lines or ["Aucune application."], as_json=as_json)


@command.command()
@slug_argument
@json_option
def show(slug: str, as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Montre ce qu’il faut dire à l’application, ses secrets (sans leur valeur) et si elle peut se raccorder seule."""
    application = catalog.by_slug(slug)
    client, allowed = queries.client_of(application.pk), queries.registration_allowed_until(application.pk)
    secrets = clients.secrets_of(client) if client else []
    panel = panel_of(application.protocol)
    lines = [f"{application.name} ({application.slug}), {application.status}, {application.protocol}"]
    lines += [f"{fact.label} : {fact.value}" for fact in (panel.facts(application) if panel else ())]
    lines += [f"Secret {kept.handle} : du {_day(kept.since)}, a servi le {_day(kept.served)}" for kept in secrets]
    if client and client.registration_digest:
        lines.append("L’application modifie elle-même son raccordement.")
    if allowed:
        lines.append(f"L’application peut se raccorder elle-même jusqu’au {moment(allowed)}.")
    answer(_described(application, client, secrets, allowed), lines, as_json=as_json)


@command.command("registration-token")
@slug_argument
@click.option("--hours", default=24.0, show_default=True, type=click.FloatRange(0, MOST_HOURS, min_open=True))
@click.option("--revoke", is_flag=True, help="Retirer l’autorisation : l’application ne se décrit plus elle-même.")
@json_option
def registration_token(slug: str, hours: float, revoke: bool, as_json: bool) -> None:  # noqa: FBT001 - click's options
    """Donne le jeton avec lequel l’application se raccorde elle-même, une fois. Il n’est montré qu’ici."""
    application, actor = catalog.by_slug(slug), operator("application registration-token")
    if revoke:
        done = registration.forbid(application, actor=actor)
        said = "ne peut plus se décrire elle-même" if done else "n’y était pas autorisée"
        answer({"application": slug, "revoked": done}, [f"{application.name} {said}."], as_json=as_json)
        return
    token = registration.allow(application, lifetime=dt.timedelta(hours=hours), actor=actor)
    until = queries.registration_allowed_until(application.pk)
    lines = [f"À transmettre à {application.name} ; valable une fois, jusqu’au {moment(until)} :", token]
    answer({"application": slug, "token": token, "expires_at": until}, lines, as_json=as_json)


@command.command("rotate-secret")
@slug_argument
@json_option
def rotate_secret(slug: str, as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Ajoute un second secret, montré une fois ; l’ancien sert encore, jusqu’à remove-secret."""
    client = _client(slug)
    former = clients.secrets_of(client)
    secret = clients.add_secret(client, actor=operator("application rotate-secret"))
    lines = [f"Nouveau secret de {client.client_id}, à transmettre à l’application :", secret]
    lines += [f"Puis : convergences application remove-secret {slug} {kept.handle}" for kept in former]
    value = {"client_id": client.client_id, "secret": secret, "former": [kept.handle for kept in former]}
    answer(value, lines, as_json=as_json)


@command.command("remove-secret")
@slug_argument
@click.argument("handle", metavar="SECRET")
@json_option
def remove_secret(slug: str, handle: str, as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Retire aussitôt un secret, nommé comme le fait « show ». Le dernier reste."""
    client = _client(slug)
    clients.remove_secret(client, handle, actor=operator("application remove-secret"))
    answer({"client_id": client.client_id, "removed": handle}, [f"Secret {handle} retiré."], as_json=as_json)


def _client(slug: str) -> Client:
    application = catalog.by_slug(slug)
    client = queries.client_of(application.pk)
    if client is None:
        raise Refusal(f"{application.name} n’est pas raccordée par OpenID Connect.")
    return client


def _state(application: Application, connected: bool) -> str:  # noqa: FBT001 - a fact of the application
    if panel_of(application.protocol) is None:
        return "lien"
    return "raccordée" if connected else "à raccorder"


def _day(day: dt.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "—"


def _value(application: Application) -> dict[str, Any]:
    return {name: getattr(application, name) for name in ("slug", "name", "status", "protocol")}


def _described(
    application: Application, client: Client | None, secrets: list[Kept], allowed: dt.datetime | None
) -> dict[str, Any]:
    return {
        **_value(application),
        "client": queries.metadata_of(client) if client else None,
        "secrets": [{"handle": kept.handle, "since": kept.since, "served": kept.served} for kept in secrets],
        "describes_itself": bool(client and client.registration_digest),
        "registration_allowed_until": allowed,
    }
