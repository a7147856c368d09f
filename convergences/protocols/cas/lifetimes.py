"""How long things live."""

import datetime as dt

TICKET = dt.timedelta(seconds=10)
# Longer than anybody investigates a replay; then a spent ticket is kept for logout only, while its visit is open.
REMEMBERED = dt.timedelta(hours=1)
