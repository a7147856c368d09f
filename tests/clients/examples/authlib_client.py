"""L’application et le portail. Rien ici ne dépend d’un cadre web : à appeler depuis Flask, Bottle, FastAPI…"""

import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


class Portal:
    """Le portail, vu par une application."""

    def __init__(self, issuer: str, client_id: str, secret: str, **settings: str) -> None:
        """`settings` : redirect_uri, after_logout, et signed_by si un autre algorithme qu’ES256 est enregistré."""
        self.issuer, self.client_id, self.secret, self.settings = issuer, client_id, secret, settings
        self.algorithms = [settings.get("signed_by", "ES256")]
        self.server = self.read(f"{issuer}/.well-known/openid-configuration")
        if self.server["issuer"] != issuer:
            raise ValueError("un autre portail répond à cette adresse")
        self.heard: dict[str, float] = {}

    def sign_in(self, **more: str) -> tuple[str, dict[str, str]]:
        """1. Envoyer le navigateur à l’adresse rendue ; garder le reste dans sa session."""
        asked = {name: generate_token(48) for name in ("state", "nonce", "code_verifier")}
        address, _ = self.client().create_authorization_url(self.server["authorization_endpoint"], **asked, **more)
        return address, asked

    def receive(self, current: str, asked: dict[str, str]) -> dict[str, Any]:
        """2. À l’adresse de retour. Rend qui vient d’entrer ; ouvrir alors une session neuve et y garder tout.

        `OAuthError.error` est le mot du portail, sinon `JoseError` : ne laisser entrer personne.
        """
        answer = {name: values[0] for name, values in parse_qs(urlsplit(current).query).items()}
        if answer.get("state") != asked["state"] or answer.get("iss") != self.issuer:
            raise OAuthError("mismatching_state")
        if "error" in answer:
            raise OAuthError(answer["error"])
        token = self.client().fetch_token(
            self.server["token_endpoint"], code=answer["code"], code_verifier=asked["code_verifier"]
        )
        claims = self.identity(token, asked["nonce"])
        entered = {"sub": claims["sub"], "sid": claims["sid"], "id_token": token["id_token"], "token": dict(token)}
        return {**entered, "person": self.who(entered)}

    def who(self, entered: dict[str, Any]) -> dict[str, Any]:
        """3. Qui est-ce, aujourd’hui ? Une erreur 401 : la session ou le droit est fini."""
        answer = self.client(entered["token"]).get(self.server["userinfo_endpoint"])
        answer.raise_for_status()
        person: dict[str, Any] = answer.json()
        if person["sub"] != entered["sub"]:
            raise ValueError("les jetons d’une autre personne")
        return person

    def renew(self, entered: dict[str, Any]) -> dict[str, Any]:
        """4. Avant la fin du jeton (dix minutes). L’erreur invalid_grant : fermer la session."""
        kept = entered["token"]["refresh_token"]
        token = self.client().refresh_token(self.server["token_endpoint"], refresh_token=kept)
        return {**entered, "token": dict(token)}

    def leave(self, entered: dict[str, Any]) -> str:
        """5. Fermer la session ici, puis envoyer le navigateur à cette adresse."""
        asked = {"id_token_hint": entered["id_token"], "post_logout_redirect_uri": self.settings["after_logout"]}
        return f"{self.server['end_session_endpoint']}?{urlencode(asked)}"

    def told(self, logout_token: str) -> str:
        """6. Le portail dit (POST, `logout_token`) quelle session est finie : la fermer, répondre 200. Erreur : 400."""
        read = jwt.decode(logout_token, self.keys(), algorithms=self.algorithms)
        needed = {name: {"essential": True} for name in ("exp", "iat", "jti", "sid", "events")}
        ours = {"iss": {"essential": True, "value": self.issuer}, "aud": {"essential": True, "value": self.client_id}}
        jwt.JWTClaimsRegistry(leeway=60, **needed, **ours).validate(read.claims)  # type: ignore[arg-type]
        if read.header.get("typ") != "logout+jwt" or LOGOUT not in read.claims["events"] or "nonce" in read.claims:
            raise ValueError("pas un jeton de déconnexion")
        self.once(read.claims["jti"])
        return str(read.claims["sid"])

    def once(self, jti: str) -> None:
        """Un jeton ne sert qu’une fois. Avec plusieurs serveurs : dans un cache commun."""
        now = time.time()
        self.heard = {known: until for known, until in self.heard.items() if until > now}
        if jti in self.heard:
            raise ValueError("déjà reçu")
        self.heard[jti] = now + 600

    def identity(self, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        """Le jeton d’identité, vérifié (OpenID Connect Core, 3.1.3.7)."""
        read = jwt.decode(token["id_token"], self.keys(), algorithms=self.algorithms)
        options = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
        }
        given = {"nonce": nonce, "client_id": self.client_id, "access_token": token["access_token"]}
        claims = CodeIDToken(read.claims, read.header, options, given)
        claims.validate(leeway=60)
        return dict(claims)

    def client(self, token: dict[str, Any] | None = None) -> OAuth2Session:
        """Une session d’Authlib."""
        ways = {"scope": "openid profile email", "code_challenge_method": "S256", "default_timeout": 10}
        return OAuth2Session(
            self.client_id, self.secret, redirect_uri=self.settings["redirect_uri"], token=token, **ways
        )

    def keys(self) -> KeySet:
        """Les clés du portail changent : les garder quelques minutes au plus."""
        return KeySet.import_key_set(self.read(self.server["jwks_uri"]))

    def read(self, address: str) -> Any:
        """Un document du portail."""
        answer = requests.get(address, timeout=10)
        answer.raise_for_status()
        return answer.json()
