"""`python -m bench.oidc`: processor time of each operation of OpenID Connect, on a small and on a large database.

It starts the server as `convergences serve` does, drives it from this machine for a bounded number of operations, and
stops. Only the server's own processes are counted (user and system time), not the client, nor PostgreSQL.
"""

import argparse
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from bench.load import CONNECTIONS, Caller, repeat
from bench.operations import OPERATIONS, Measured, enter
from bench.serving import Server, Size, fresh_database, running
from bench.signatures import milliseconds

SMALL = Size("small", organizations=10, agents=200)
LARGE = Size("large", organizations=1000, agents=100_000)
WARM_UP = 20
# Short ones, of which the least counts: the same work takes up to twice as long while a neighbour shares the core.
ROUNDS = 12


@dataclass(frozen=True)
class Effort:
    """How much is asked: more or fewer operations than usual, in so many turns."""

    share: float
    rounds: int

    def times(self, measured: Measured) -> int:
        """Return how many operations a turn has."""
        return max(int(measured.times * self.share / self.rounds), CONNECTIONS)


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    large = Size("large", organizations=max(options.agents // 100, 1), agents=options.agents)
    sizes = [SMALL] if options.small_only else [SMALL, large]
    chosen = [each for each in OPERATIONS if any(words in each.name for words in options.only or [""])]
    rounds = options.rounds
    print(f"{options.database}, two workers; milliseconds of processor for one operation, the least of {rounds} rounds")
    figures, bare = measure(sizes, options.database, chosen, Effort(options.share, rounds))
    for line in table(chosen, figures, bare):
        print(line)


def measure(
    sizes: list[Size], database: str, chosen: list[Measured], effort: Effort
) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Return the milliseconds of each operation for each size, and of each bare signature.

    All servers run at once and take turns: a machine that is busy meanwhile is so for all.
    """
    with contextlib.ExitStack() as stack:
        servers = {size.name: stack.enter_context(_driven(size, database)) for size in sizes}
        bare = {name: min(milliseconds(name) for _ in range(ROUNDS)) for name in ("ES256", "RS256")}
        figures: dict[str, dict[str, float]] = {name: {} for name in servers}
        for each in chosen:
            times = effort.times(each)
            turns = [
                {name: _cost(*driven, each, times) for name, driven in servers.items()} for _ in range(effort.rounds)
            ]
            for name in servers:
                figures[name][each.name] = min(costs[name] for costs in turns)
    return figures, bare


@contextlib.contextmanager
def _driven(size: Size, database: str) -> Iterator[tuple[Server, list[Caller]]]:
    """Give a server on a database of this size, and callers who have entered."""
    with fresh_database(database) as (url, folder), running(size, url, folder, visitors=CONNECTIONS) as server:
        callers = [Caller(server.port, session) for session in server.sessions]
        repeat(enter, callers, times=CONNECTIONS)
        yield server, callers
        for caller in callers:
            caller.close()


def _cost(server: Server, callers: list[Caller], measured: Measured, times: int) -> float:
    for caller in callers:
        caller.close()  # the server has, while others had their turn; the next request opens it again
    repeat(measured.run, callers, times=WARM_UP)
    before = server.used()
    done = repeat(measured.run, callers, times=times)
    return (server.used() - before) * 1000 / done


def table(chosen: list[Measured], figures: dict[str, dict[str, float]], bare: dict[str, float]) -> Iterator[str]:
    """Yield the lines of the answer: each size, the aim, the signature within and how many of it the whole costs."""
    sizes = list(figures)
    yield f"{'operation':28}" + "".join(f"{size:>9}" for size in sizes) + f"{'aim':>8}{'signature':>11}{'ratio':>8}"
    for each in chosen:
        costs = [figures[size][each.name] for size in sizes]
        aim = f"{each.aim:.2f}" if each.aim else "-"
        signature = f"{bare[each.signs]:.3f}" if each.signs else "-"
        ratio = f"{costs[-1] / bare[each.signs]:.1f}" if each.signs else "-"
        yield f"{each.name:28}" + "".join(f"{cost:9.3f}" for cost in costs) + f"{aim:>8}{signature:>11}{ratio:>8}"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.oidc", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--agents", type=int, default=LARGE.agents, help="agents of the large database")
    parser.add_argument("--small-only", action="store_true", help="do not fill the large database")
    parser.add_argument("--only", action="append", help="only operations whose name holds this; may come several times")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each size takes its turn")
    parser.add_argument("--share", type=float, default=1.0, help="more or fewer operations than usual (0.1 … 10)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
