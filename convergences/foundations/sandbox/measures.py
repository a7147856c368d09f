"""Which measures hold on this machine in the process where hostile files are read: tried there, for `doctor`."""

import json

from convergences.foundations import sandbox
from convergences.foundations.errors import Refusal
from convergences.foundations.sandbox.confinement import MEASURES


def missing() -> list[str]:
    """Return the measures that this machine refuses, in the order in which they are taken; raises `Crashed`."""
    held = json.loads(sandbox.run(__name__, b"", Refusal))
    return [name for name in MEASURES if name not in held]


if __name__ == "__main__":
    sandbox.serve(lambda _nothing: json.dumps(sorted(sandbox.held)).encode())
