"""`python -m bench.oidc`: processor time of each operation of OpenID Connect, on a small and on a large database.

It starts the server as `convergences serve` does, drives it from this machine for a bounded number of operations, and
stops. Only the server's own processes are counted (user and system time), not the client, nor PostgreSQL.
"""

import argparse
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.load import CONNECTIONS, Caller, repeat
from bench.operations import OPERATIONS, Measured, enter
from bench.serving import Server, Size, running
from bench.signatures import milliseconds

SMALL = Size("small", organizations=10, agents=200)
LARGE = Size("large", organizations=1000, agents=100_000)
WARM_UP = 20


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    large = Size("large", organizations=max(options.agents // 100, 1), agents=options.agents)
    sizes = [SMALL] if options.small_only else [SMALL, large]
    chosen = [each for each in OPERATIONS if not options.only or options.only in each.name]
    bare = {algorithm: milliseconds(algorithm) for algorithm in ("ES256", "RS256")}
    print(f"{options.database}, two workers; milliseconds of processor for one operation")
    print(" ".join(f"bare {algorithm} signature: {cost:.3f}" for algorithm, cost in bare.items()))
    figures = {size.name: measure(size, options.database, chosen, share=options.share) for size in sizes}
    for line in table(chosen, figures, bare):
        print(line)


def measure(size: Size, database: str, chosen: list[Measured], *, share: float = 1.0) -> dict[str, float]:
    """Return the milliseconds of each operation on a database of this size."""
    with _database(database) as (url, folder), running(size, url, folder, visitors=CONNECTIONS) as server:
        callers = [Caller(server.port, session) for session in server.sessions]
        repeat(enter, callers, times=CONNECTIONS)
        figures = {each.name: _cost(server, callers, each, share) for each in chosen}
        for caller in callers:
            caller.close()
        return figures


def _cost(server: Server, callers: list[Caller], measured: Measured, share: float) -> float:
    repeat(measured.run, callers, times=WARM_UP)
    before = server.used()
    done = repeat(measured.run, callers, times=int(measured.times * share))
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


@contextlib.contextmanager
def _database(kind: str) -> Iterator[tuple[str, Path]]:
    """Give the address of an empty database, and a folder; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="convergences-bench-") as name:
        folder = Path(name)
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'bench.sqlite3'}", folder
            return
        from tests.postgresql import Cluster

        cluster = Cluster.start()
        try:
            yield cluster.url, folder
        finally:
            cluster.stop()


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.oidc", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--agents", type=int, default=LARGE.agents, help="agents of the large database")
    parser.add_argument("--small-only", action="store_true", help="do not fill the large database")
    parser.add_argument("--only", default="", help="only operations whose name holds this")
    parser.add_argument("--share", type=float, default=1.0, help="more or fewer operations than usual (0.1 … 10)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
