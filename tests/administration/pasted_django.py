"""`python pasted_django.py FOLDER`: a site made of the pasted texts alone, told by a portal that a session is over.

It has nothing of ours inside: the texts, Django, Authlib, and a portal played here.
"""

import json
import sys
import time
from pathlib import Path

import django
from django.conf import settings
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

ISSUER = "http://testserver"
EVENT = {"http://schemas.openid.net/event/backchannel-logout": {}}


def main(folder: Path) -> None:
    """Sign an agent in, then post each logout token; write what happened to the session."""
    pasted: dict[str, object] = {}
    exec((folder / "settings.py").read_text(), pasted)
    mine = {name: value for name, value in pasted.items() if name.isupper()}
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "site.sqlite3")}
    sessions = "django.contrib.sessions"
    settings.configure(
        **mine, SECRET_KEY="of the tests", ALLOWED_HOSTS=["*"], ROOT_URLCONF="portail", INSTALLED_APPS=[sessions],
        DATABASES={"default": database}, MIDDLEWARE=[f"{sessions}.middleware.SessionMiddleware"],
    )  # fmt: skip
    sys.path.insert(0, str(folder))
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    import portail

    key = ECKey.generate_key("P-256", {"kid": "of-the-portal"})
    sys.stdout.write(json.dumps(_tell_all(portail, key)))


def _tell_all(portail: object, key: ECKey) -> dict[str, list[object]]:
    remote = portail.oauth.portail  # type: ignore[attr-defined]
    remote.load_server_metadata = lambda: {"issuer": ISSUER}
    remote.fetch_jwk_set = lambda force=False: KeySet([key]).as_dict(private=False)
    remote.authorize_access_token = lambda request: {"userinfo": {"sub": "claire", "sid": "one"}, "id_token": "hint"}
    remote.userinfo = lambda token: {"sub": "claire", "email": "claire@pantin.example"}
    browser = Client()
    assert browser.get("/callback").status_code == 302
    now = int(time.time())
    honest = {"iss": ISSUER, "aud": "bip", "iat": now, "exp": now + 60, "jti": "1", "sid": "one", "events": EVENT}
    other = ECKey.generate_key("P-256", {"kid": "of-the-portal"})
    return {
        "forged": _post(browser, honest, other),
        "of another": _post(browser, {**honest, "aud": "other"}, key),
        "expired": _post(browser, {**honest, "exp": now - 600}, key),
        "an ID token": _post(browser, {**honest, "events": {}, "nonce": "n"}, key),
        "honest": _post(browser, honest, key),
        "again": _post(browser, honest, key),
    }


def _post(browser: Client, claims: dict[str, object], key: ECKey) -> list[object]:
    token = jwt.encode({"alg": "ES256", "kid": "of-the-portal", "typ": "logout+jwt"}, claims, key)
    answer = Client().post("/annonce", {"logout_token": token})
    return [answer.status_code, "agent" in browser.session]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
