"""How long things live. Short, because what is opaque and central is cheap to renew and to refuse."""

import datetime as dt

from convergences.web.entrance import entering

NONE = dt.timedelta(0)
REQUEST_OBJECT = dt.timedelta(minutes=60)
PUSHED_REQUEST = dt.timedelta(seconds=90)
CODE = dt.timedelta(seconds=60)
ACCESS_TOKEN = dt.timedelta(minutes=10)
ID_TOKEN = dt.timedelta(minutes=10)
OFFLINE_GRANT = dt.timedelta(days=30)
SIGN_IN_PROOF = entering.LIFETIME

LOST_ANSWER = dt.timedelta(seconds=30)
LOST_ANSWER_USES = 4

CLIENT_ASSERTION = dt.timedelta(minutes=5)
DPOP_NONCE = dt.timedelta(minutes=5)
CLOCK_SKEW = dt.timedelta(seconds=60)
