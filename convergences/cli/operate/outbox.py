"""`convergences outbox`: the mails that wait, and those that were given up."""

import click

from convergences.cli.answers import answer, counted, json_option, moment
from convergences.foundations import delivery
from convergences.foundations.models import OutboxMessage

MOST = 200


@click.group("outbox", short_help="Courriers : lister, remettre en route.")
def command() -> None:
    """Courriers à envoyer. Leur contenu reste chiffré : il peut porter un code."""


@command.command("list")
@click.option("--dead", is_flag=True, help="Seulement ceux qui ont été abandonnés.")
@json_option
def list_mails(dead: bool, as_json: bool) -> None:  # noqa: FBT001 - click's options
    """Liste les courriers abandonnés, puis ceux qui attendent."""
    found = [*delivery.dead_letters()[:MOST], *([] if dead else delivery.waiting()[:MOST])]
    lines = [
        f"{mail.pk:>8}  {'abandonné' if mail.dead_at else 'en attente'}  {mail.kind:12}  {mail.recipient}  "
        f"écrit le {moment(mail.created_at)}, {mail.attempts} essais  {mail.last_error}"
        for mail in found
    ]
    answer([_value(mail) for mail in found], lines or ["Aucun courrier n’attend."], as_json=as_json)


@command.command()
@click.argument("numbers", nargs=-1, type=int, metavar="[NUMÉRO…]")
@click.option("--all", "every", is_flag=True, help="Tous ceux qui ont été abandonnés.")
@json_option
def retry(numbers: tuple[int, ...], every: bool, as_json: bool) -> None:  # noqa: FBT001 - click's options
    """Remet en route des courriers abandonnés, comme s’ils étaient neufs."""
    if not numbers and not every:
        raise click.UsageError("Donnez des numéros (« convergences outbox list ») ou --all.")
    dead = delivery.dead_letters()
    count = delivery.retry(dead if every else dead.filter(pk__in=numbers))
    answer({"retried": count}, [f"{counted(count, 'courrier remis')} en route."], as_json=as_json)


def _value(mail: OutboxMessage) -> dict[str, object]:
    return {
        "id": mail.pk,
        "kind": mail.kind,
        "recipient": mail.recipient,
        "state": "dead" if mail.dead_at else "waiting",
        "created_at": mail.created_at,
        "send_after": mail.send_after,
        "attempts": mail.attempts,
        "last_error": mail.last_error,
    }
