"""How long things live."""

import datetime as dt

# From the portal to the application's own address: two redirections of a browser.
HOP = dt.timedelta(seconds=30)
# The signed statement beside the headers; the same is given again while it is young, so that few are signed.
TOKEN = dt.timedelta(seconds=60)
TOKEN_YOUNG = dt.timedelta(seconds=20)
# A use of the application is a use of the session (decision 13); each process says so once in a while.
USE = dt.timedelta(seconds=60)
# Longer than anybody investigates a replay.
REMEMBERED = dt.timedelta(hours=1)
