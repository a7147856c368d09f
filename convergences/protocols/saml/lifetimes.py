"""How long things live."""

import datetime as dt

SKEW = dt.timedelta(seconds=60)
REQUEST = dt.timedelta(minutes=5)
ASSERTION = dt.timedelta(minutes=5)
# What an agent has to sign in, choose an employer and read: then the request is forgotten.
UNDER_WAY = dt.timedelta(minutes=30)
# An application that cannot be told asks again after this: a removed right ends there at the latest.
UNTOLD_SESSION = dt.timedelta(minutes=30)
KEY = dt.timedelta(days=3 * 365)
KEY_OVERLAP = dt.timedelta(days=30)
METADATA = dt.timedelta(days=7)
