"""`python -m convergences_demo.commission`: serves the application until interrupted."""

import sys

from convergences_demo.house.configuration import Application
from convergences_demo.house.server import main

COMMISSION = Application(
    key="commission",
    name="Commission de réforme / Comité médical",
    port=8003,
    # Two factors, in the portal's words: nothing weaker opens medical files.
    acr="eidas2",
    max_age=900,
)

if __name__ == "__main__":
    sys.exit(main(COMMISSION))
