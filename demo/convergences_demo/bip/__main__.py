"""`python -m convergences_demo.bip`: serves BIP until interrupted."""

import sys

from convergences_demo.house.configuration import Application
from convergences_demo.house.server import main

BIP = Application(key="bip", name="BIP", port=8001)

if __name__ == "__main__":
    sys.exit(main(BIP))
