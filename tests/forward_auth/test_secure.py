"""Over HTTPS, as in production: cookies that no neighbouring name can plant, and no address over plain HTTP."""

import os
import subprocess
import sys

from tests.oidc.live import ROOT

SCRIPT = """
import django
django.setup()
from convergences.protocols.forward_auth import addresses, asking, own_host, queries
from convergences.web.machines.hot import Asking
queries.is_host = lambda named: True
address = "rd=http%3A%2F%2Fsnapi.example%3A443%2Fa"
answer = own_host.start(Asking({"HTTP_HOST": "snapi.example:443", "QUERY_STRING": address}, ""))
print(asking.PASS_COOKIE)
print(*(value for name, value in answer.headers if name in ("Location", "Set-Cookie")), sep="\\n")
"""


def test_cookies_are_of_this_very_host_and_addresses_of_https() -> None:
    settings = {
        "DJANGO_SETTINGS_MODULE": "convergences.project.settings",
        "CONVERGENCES_SECRET_KEY": "a secret for tests only, of more than 32 characters",
        "CONVERGENCES_BASE_URL": "https://portail.example",
        "CONVERGENCES_DATABASE_URL": "sqlite:///:memory:",
    }
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings}
    said = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    name, location, cookie = said.stdout.splitlines()
    assert name == "__Host-gate"
    assert location.startswith("https://portail.example/gate/start?rd=https%3A%2F%2Fsnapi.example%2Fa&state=")
    assert cookie.startswith("__Host-gate-way=")
    assert cookie.endswith("; HttpOnly; Path=/; SameSite=Lax; Secure")
