"""`python -m convergences_demo.rdv`: serves RDV emploi public until interrupted."""

import sys

from convergences_demo.house import configuration
from convergences_demo.house.configuration import Application
from convergences_demo.rdv.server import serve

RDV = Application(key="rdv", name="RDV emploi public", port=8002)

if __name__ == "__main__":
    sys.exit(serve(configuration.read(RDV)))
