"""The guided form: every setting that is served can be set by it, and saving it as it is changes nothing."""

from typing import Any

import pytest
from django.http import QueryDict
from joserfc.jwk import ECKey

from convergences.audit.services import SYSTEM, Actor
from convergences.directory.errors import ForTheCentre
from convergences.protocols.oidc import metadata, queries
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.panel import panel
from tests.cast import Cast
from tests.directory.acting import actor
from tests.oidc.relying import define
from tests.oidc.signing import public

pytestmark = pytest.mark.database
KEY = ECKey.generate_key("P-256")
# Nothing to choose: only `code` is served, `iss` and `sid` are always given, and secrets have pages of their own.
SETTLED = frozenset(
    {
        "response_types",
        "grant_types",
        "client_secret",
        "backchannel_logout_session_required",
        "frontchannel_logout_session_required",
    }
)


def _resent(cast: Cast) -> QueryDict:
    """Return what a browser sends of the form as it is drawn."""
    form, sent = panel.form(cast.bip), QueryDict(mutable=True)
    for bound in form:
        value = bound.field.prepare_value(bound.initial) if hasattr(bound.field, "prepare_value") else bound.initial
        if value in (None, False, "", []):
            continue
        sent[bound.name] = "on" if value is True else value
    return sent


def test_every_setting_that_is_served_has_its_field(cast: Cast) -> None:
    form = panel.form(cast.bip)
    assert set(metadata.FIELDS) - set(form.fields) == SETTLED & set(metadata.FIELDS)
    drawn = [name for part in form.parts() for name in part.section.fields]
    assert sorted(drawn) == sorted(form.fields)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"client_secret": None, "token_endpoint_auth_method": "none"},
        {"token_endpoint_auth_method": "client_secret_post", "dpop_bound_access_tokens": True},
        {"client_secret": None, "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [public(KEY)]}},
        {"grant_types": ["client_credentials"], "scope": "payroll.read", "redirect_uris": [],
         "post_logout_redirect_uris": [], "allowed_resources": ["https://api.example/"]},
        {"grant_types": ["authorization_code", "client_credentials"], "scope": "openid payroll.read"},
        {"subject_type": "pairwise", "id_token_signed_response_alg": "EdDSA", "consent_required": True},
        {"pkce": "required"},
        {"userinfo_signed_response_alg": "RS256", "require_pushed_authorization_requests": True,
         "frontchannel_logout_uri": "https://bip.example/out", "client_id": "another"},
    ],
)  # fmt: skip
def test_saving_the_form_as_it_is_changes_nothing(cast: Cast, changes: dict[str, Any]) -> None:
    client = define(cast.bip, **changes)
    before, secrets = queries.metadata_of(client), client.secret_digests
    form = panel.form(cast.bip, _resent(cast))
    assert form.is_valid(), form.errors
    assert panel.save(cast.bip, form, actor=SYSTEM) == ()
    client.refresh_from_db()
    assert queries.metadata_of(client) == before
    assert client.secret_digests == secrets


@pytest.mark.parametrize("who", ["nadia", "claire", "julien"])
def test_nobody_but_engineers_saves_or_touches_secrets(cast: Cast, who: str) -> None:
    client = define(cast.bip)
    someone: Actor = actor(getattr(cast, who))
    form = panel.form(cast.bip, _resent(cast))
    assert form.is_valid()
    with pytest.raises(ForTheCentre):
        panel.save(cast.bip, form, actor=someone)
    with pytest.raises(ForTheCentre):
        panel.issue_secret(cast.bip, actor=someone)
    with pytest.raises(ForTheCentre):
        panel.remove_secret(cast.bip, client.secret_digests[0][:12], actor=someone)
    assert Client.objects.get().secret_digests == client.secret_digests


def test_choosing_its_own_key_takes_the_secrets_away_and_coming_back_gives_a_new_one(cast: Cast) -> None:
    define(cast.bip)
    sent = _resent(cast)
    sent["kind"] = "browser"
    form = panel.form(cast.bip, sent)
    assert form.is_valid(), form.errors
    assert panel.save(cast.bip, form, actor=SYSTEM) == ()
    assert panel.secrets(cast.bip) == []
    sent["kind"] = "web"
    form = panel.form(cast.bip, sent)
    assert form.is_valid()
    [issued] = panel.save(cast.bip, form, actor=SYSTEM)
    assert [line.handle for line in panel.secrets(cast.bip)] == [issued.handle]
