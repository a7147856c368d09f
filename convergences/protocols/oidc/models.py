"""Tables of OpenID Connect. Secrets, codes and tokens are kept as digests only (DOMAIN, rule 8)."""

import secrets
import uuid

from django.db import models
from django.db.models import Q


class AuthenticationMethod(models.TextChoices):
    """How a client proves who it is at the token endpoint (RFC 7591, section 2)."""

    BASIC = "client_secret_basic", "Secret dans l’en-tête"
    POST = "client_secret_post", "Secret dans le formulaire"
    PRIVATE_KEY = "private_key_jwt", "Signature par la clé de l’application"
    NONE = "none", "Client public"


class Pkce(models.TextChoices):
    """Whether a client must bind each code to a verifier, or may (RFC 7636); a public one always must."""

    REQUIRED = "required", "Exigé"
    OPTIONAL = "optional", "Accepté, non exigé"


def new_salt() -> str:
    """Return 256 bits, kept for ever: what is derived from them must stay."""
    return secrets.token_hex(32)


class Sector(models.Model):
    """Clients that know an agent by the same pairwise subject (OpenID Connect Core, section 8.1): those of one host."""

    identifier = models.CharField(max_length=253, unique=True)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)

    def __str__(self) -> str:
        return self.identifier


class Client(models.Model):
    """An application as OpenID Connect knows it. It points to the catalogue, never the reverse.

    Columns bear the names of RFC 7591 and of OpenID's registration. `secret_digests` holds one digest, or two while
    a secret is being replaced; `secret_days` says of each digest the day it was made (`since`) and the last day it
    served (`served`), so that an engineer knows when the former may go.
    """

    application = models.OneToOneField("catalog.Application", on_delete=models.PROTECT, related_name="+")
    client_id = models.CharField(max_length=120, unique=True)
    secret_digests = models.JSONField(default=list)
    secret_days = models.JSONField(default=dict)
    registration_digest = models.CharField(max_length=64, default="", blank=True)  # RFC 7592, section 3
    token_endpoint_auth_method = models.CharField(
        max_length=20, choices=AuthenticationMethod.choices, default=AuthenticationMethod.BASIC
    )
    redirect_uris = models.JSONField(default=list)
    post_logout_redirect_uris = models.JSONField(default=list)
    backchannel_logout_uri = models.CharField(max_length=500, default="", blank=True)
    frontchannel_logout_uri = models.CharField(max_length=500, default="", blank=True)
    grant_types = models.JSONField(default=list)
    scope = models.CharField(max_length=500)
    id_token_signed_response_alg = models.CharField(max_length=8, default="ES256")
    userinfo_signed_response_alg = models.CharField(max_length=8, default="", blank=True)
    subject_type = models.CharField(max_length=8, default="public")
    sector = models.ForeignKey(Sector, null=True, on_delete=models.PROTECT, related_name="+")
    sector_identifier_uri = models.CharField(max_length=500, default="", blank=True)
    jwks = models.JSONField(default=dict)
    jwks_uri = models.CharField(max_length=500, default="", blank=True)
    request_uris = models.JSONField(default=list)
    access_token_signed_response_alg = models.CharField(max_length=8, default="", blank=True)
    resources = models.JSONField(default=list)
    allowed_resources = models.JSONField(default=list)
    dpop_bound_access_tokens = models.BooleanField(default=False)
    request_object_signing_alg = models.CharField(max_length=8, default="", blank=True)
    require_pushed_authorization_requests = models.BooleanField(default=False)
    pkce = models.CharField(max_length=8, choices=Pkce.choices, default=Pkce.OPTIONAL)
    consent_required = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.client_id

    @property
    def is_public(self) -> bool:
        """Whether the client can keep no secret (RFC 6749, section 2.1)."""
        return self.token_endpoint_auth_method == AuthenticationMethod.NONE

    @property
    def needs_pkce(self) -> bool:
        """Whether its codes are all bound to a verifier: without one, a stolen code needs only the client's secret."""
        return self.is_public or self.pkce == Pkce.REQUIRED

    @property
    def may_go_without_pkce(self) -> bool:
        """Whether an agent may enter without it."""
        return "authorization_code" in self.grant_types and not self.needs_pkce


class BrowserOrigin(models.Model):
    """An origin whose pages may call us from a browser: that of a public client's redirection address (CORS)."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    origin = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["origin", "client"], name="oidc_origin_of_client")]

    def __str__(self) -> str:
        return self.origin


class Grant(models.Model):
    """What one exchanged code gave: the family of all tokens that descend from it, which live and die together.

    `offline`: the application asked for `offline_access`; the family then outlives the session, never the right.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="grants")
    visit = models.ForeignKey("admission.Visit", on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=500)
    claims = models.JSONField(default=dict)
    resources = models.JSONField(default=list)
    offline = models.BooleanField(default=False)
    dpop_jkt = models.CharField(max_length=43, default="", blank=True)
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoke_reason = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["visit"], condition=Q(revoked_at__isnull=True), name="oidc_grant_live"),
            models.Index(fields=["expires_at"], name="oidc_grant_expiry"),
        ]

    def __str__(self) -> str:
        return f"grant {self.uid}"


class AuthorizationCode(models.Model):
    """A code, used once, within a minute, by the client and for the redirection it was given to."""

    digest = models.CharField(max_length=64, unique=True)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="codes")
    visit = models.ForeignKey("admission.Visit", on_delete=models.PROTECT, related_name="+")
    redirect_uri = models.CharField(max_length=500)
    scope = models.CharField(max_length=500)
    code_challenge = models.CharField(max_length=128, default="", blank=True)
    nonce = models.CharField(max_length=255, default="", blank=True)
    claims = models.JSONField(default=dict)
    resources = models.JSONField(default=list)
    dpop_jkt = models.CharField(max_length=43, default="", blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    grant = models.OneToOneField(Grant, null=True, on_delete=models.CASCADE, related_name="code")

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="oidc_code_expiry")]

    def __str__(self) -> str:
        return f"code {self.pk}"


class AccessToken(models.Model):
    """An opaque access token of 256 bits. It answers as long as its grant lives and admission lets the agent enter.

    A machine's has no grant but a client, and may name another application's address as its `audience` (RFC 8707).
    `dpop_jkt`: the thumbprint of the only key that may use it (RFC 9449, section 6).
    """

    digest = models.CharField(max_length=64, unique=True)
    grant = models.ForeignKey(Grant, null=True, on_delete=models.CASCADE, related_name="access_tokens")
    client = models.ForeignKey(Client, null=True, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=500)
    audience = models.CharField(max_length=500, default="", blank=True)
    dpop_jkt = models.CharField(max_length=43, default="", blank=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="oidc_access_expiry")]
        constraints = [
            models.CheckConstraint(
                condition=Q(grant__isnull=True) ^ Q(client__isnull=True), name="oidc_access_agent_or_machine"
            )
        ]

    def __str__(self) -> str:
        return f"access token {self.pk}"


class RefreshToken(models.Model):
    """A refresh token, replaced at each use (RFC 9700, section 4.14.2).

    `uses` counts presentations: a second one soon after the first is a lost answer, any other is a theft and ends the
    family. The successor is derived from the token presented, so that a lost answer is given again, not forked.
    """

    digest = models.CharField(max_length=64, unique=True)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="refresh_tokens")
    # A family goes as a whole, by its grant; following each link of a long chain would be one recursion per refresh.
    predecessor = models.OneToOneField("self", null=True, on_delete=models.DO_NOTHING, related_name="successor")
    issued_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    uses = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"refresh token {self.pk}"


class UsedProof(models.Model):
    """A signed proof that was shown, remembered until it expires by itself: it is good once (RFC 7523, RFC 9449)."""

    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="oidc_proof_expiry")]

    def __str__(self) -> str:
        return f"proof {self.pk}"


class PushedRequest(models.Model):
    """What a client pushed before it sends the browser (RFC 9126): taken for one authorization, within its seconds."""

    digest = models.CharField(max_length=64, unique=True)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="pushed_requests")
    parameters = models.JSONField(default=dict)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="oidc_pushed_expiry")]

    def __str__(self) -> str:
        return f"pushed request {self.pk}"


class Consent(models.Model):
    """What an agent agreed to let an application read, where it must ask (OpenID Connect Core, section 3.1.2.4)."""

    agent = models.ForeignKey("directory.Agent", on_delete=models.CASCADE, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="consents")
    claims = models.JSONField(default=list)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "client"], name="oidc_one_consent")]

    def __str__(self) -> str:
        return f"consent {self.pk}"


class RegistrationToken(models.Model):
    """An initial access token: it lets the client of one application describe itself, once (RFC 7591, section 3)."""

    digest = models.CharField(max_length=64, unique=True)
    application = models.ForeignKey("catalog.Application", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="oidc_registration_expiry")]

    def __str__(self) -> str:
        return f"registration token {self.pk}"


class RemoteDocument(models.Model):
    """What an application publishes at an address that it registered (keys, sector), as it was last read.

    One copy for all processes: reading it again is bounded in time, whoever asks.
    """

    address = models.CharField(max_length=500, unique=True)
    content = models.JSONField(null=True)
    read_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.address
