"""`python -m convergences_demo.hall.describe`: writes what the portal is given of the applications that speak SAML.

`--into FOLDER`: there, `<key>-metadata.xml` for each. It asks no library that an application may lack.
"""

import argparse
import sys
from pathlib import Path

from convergences_demo.hall import saml_keys
from convergences_demo.hall.place import NAMES, Place
from convergences_demo.octime.speaks import NAME_FORMAT as OCTIMES
from convergences_demo.site.speaks import NAME_FORMAT as SITES

FORMATS = {"site": SITES, "octime": OCTIMES}


def main() -> int:
    """Write the descriptions."""
    parser = argparse.ArgumentParser(prog="convergences_demo.hall.describe")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, required=True, help="folder where they keep their keys")
    parser.add_argument("--into", type=Path, required=True)
    for key in FORMATS:
        parser.add_argument(f"--{key}", type=int, required=True, metavar="PORT")
    given = parser.parse_args()
    for key, name_format in FORMATS.items():
        place = Place(key, NAMES[key], given.host, getattr(given, key), portal="", data=given.data)
        (given.into / f"{key}-metadata.xml").write_text(saml_keys.description(place, name_format))
    return 0


if __name__ == "__main__":
    sys.exit(main())
