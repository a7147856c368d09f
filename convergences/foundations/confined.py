"""Which measures hold on this machine in the process where hostile files are read: tried there, for `doctor`."""

import json

from convergences.foundations import apart
from convergences.foundations.confining import MEASURES
from convergences.foundations.errors import Refusal


def missing() -> list[str]:
    """Return the measures that this machine refuses, in the order in which they are taken; raises `Crashed`."""
    held = json.loads(apart.run(__name__, b"", Refusal))
    return [name for name in MEASURES if name not in held]


if __name__ == "__main__":
    apart.serve(lambda _nothing: json.dumps(sorted(apart.held)).encode())
