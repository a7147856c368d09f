"""`python -m tests.browser.later DATA PORTAL DAYS`: what a worker does of campaigns, that many days later."""

import datetime as dt
import os
import sys
from pathlib import Path

import django
import time_machine

from convergences.cli.demo_data.folder import Folder


def main() -> None:
    """Run the lanes of campaigns and of mails once, by a clock that is ahead."""
    data, portal, days = sys.argv[1:]
    os.environ.update(Folder(Path(data)).environment(portal))
    django.setup()
    from convergences.cli.lanes import run_once
    from convergences.cli.worker import DRAINS

    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=int(days))):
        run_once([drain for drain in DRAINS if drain.lane in {"campaigns", "mail"}])


if __name__ == "__main__":
    main()
