"""`convergences visits`: the applications that are still to be told of a sign-out, and those that never heard."""

import click

from convergences.admission.models import Visit
from convergences.admission.services import endings
from convergences.cli.answers import answer, counted, json_option, moment

MOST = 200


@click.group("visits", short_help="Déconnexions à transmettre aux applications : lister, remettre en route.")
def command() -> None:
    """Déconnexions que des applications doivent apprendre. Une application en panne est prévenue plus tard."""


@command.command("list")
@click.option("--dead", is_flag=True, help="Seulement celles qui ont été abandonnées.")
@json_option
def list_visits(dead: bool, as_json: bool) -> None:  # noqa: FBT001 - click's options
    """Liste les déconnexions abandonnées, puis celles qui attendent."""
    related = ("application", "membership")
    found = list(endings.given_up().select_related(*related)[:MOST])
    found += [] if dead else list(endings.waiting().select_related(*related)[:MOST])
    lines = [
        f"{visit.pk:>8}  {'abandonnée' if visit.given_up_at else 'en attente'}  {visit.application.slug:24}  "
        f"demandée le {moment(visit.end_requested_at)}, {visit.telling_attempts} essais  {visit.telling_error}"
        for visit in found
    ]
    answer([_value(visit) for visit in found], lines or ["Aucune déconnexion n’attend."], as_json=as_json)


@command.command()
@click.argument("numbers", nargs=-1, type=int, metavar="[NUMÉRO…]")
@click.option("--all", "every", is_flag=True, help="Toutes celles qui ont été abandonnées.")
@json_option
def retry(numbers: tuple[int, ...], every: bool, as_json: bool) -> None:  # noqa: FBT001 - click's options
    """Remet en route des déconnexions abandonnées, comme si elles étaient neuves."""
    if not numbers and not every:
        raise click.UsageError("Donnez des numéros (« convergences visits list ») ou --all.")
    dead = endings.given_up()
    count = endings.retry(dead if every else dead.filter(pk__in=numbers))
    answer({"retried": count}, [f"{counted(count, 'déconnexion remise')} en route."], as_json=as_json)


def _value(visit: Visit) -> dict[str, object]:
    return {
        "id": visit.pk,
        "application": visit.application.slug,
        "reason": visit.end_reason,
        "state": "dead" if visit.given_up_at else "waiting",
        "requested_at": visit.end_requested_at,
        "tell_after": visit.tell_after,
        "attempts": visit.telling_attempts,
        "error": visit.telling_error,
    }
