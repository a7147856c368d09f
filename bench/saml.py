"""`python -m bench.saml`: processor time of a signed SAML response, beside the bare signatures within it.

In one process, without HTTP nor database: the statement and the response are built, each is signed, and the whole is
written as a form carries it. `--size` gives the keys (3072 bits in the product).
"""

import argparse
import os
import secrets
import time
from collections.abc import Callable

TIMES = 200
ROUNDS = 5
AIM = 3.0


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.saml", description=__doc__)
    parser.add_argument("--size", type=int, nargs="+", default=[2048, 3072, 4096], help="bits of the keys")
    parser.add_argument("--times", type=int, default=TIMES, help="responses in each round")
    options = parser.parse_args(arguments)
    print(f"milliseconds of processor, the least of {ROUNDS} rounds; aim {AIM} for a signed response")
    print(f"{'bits':>5}{'bare':>9}{'response':>10}{'encrypted':>11}{'our part':>10}")
    for size in options.size:
        bare, response, encrypted = measure(size, times=options.times)
        print(f"{size:5}{bare:9.3f}{response:10.3f}{encrypted:11.3f}{response - 2 * bare:10.3f}")


def measure(size: int, *, times: int) -> tuple[float, float, float]:
    """Return the milliseconds of a bare signature, of a response with two, and of one whose statement is encrypted."""
    _prepare()
    from bench import saml_parts

    parts = saml_parts.Parts.of(size)
    return tuple(least(act, times) for act in (parts.bare, parts.response, parts.encrypted))  # type: ignore[return-value]


def least(act: Callable[[], object], times: int) -> float:
    """Return the milliseconds of an act, the least of some rounds: others use the machine too."""
    act()
    return min(_round(act, times) for _ in range(ROUNDS))


def _round(act: Callable[[], object], times: int) -> float:
    started = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - started) * 1000 / times


def _prepare() -> None:
    os.environ.setdefault("CONVERGENCES_SECRET_KEY", secrets.token_hex(32))
    os.environ.setdefault("CONVERGENCES_DATABASE_URL", "sqlite:///:memory:")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "convergences.project.settings")
    import django

    django.setup()


if __name__ == "__main__":
    main()
