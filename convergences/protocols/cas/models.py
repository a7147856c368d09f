"""Tables of CAS. Tickets are kept as digests (DOMAIN, rule 8), and sealed once spent: a logout names them."""

from django.db import models


class UserName(models.TextChoices):
    """What an application is given as `cas:user`."""

    EMAIL = "email", "Adresse e-mail"
    SUBJECT = "subject", "Identifiant permanent, opaque"


class RegisteredService(models.Model):
    """An application as CAS knows it. It points to the catalogue, never the reverse.

    `services`: addresses, exact or ending in `/*`. `proxy`: the application may call others in the agent's name.
    """

    application = models.OneToOneField("catalog.Application", on_delete=models.PROTECT, related_name="+")
    services = models.JSONField(default=list)
    user = models.CharField(max_length=8, choices=UserName.choices, default=UserName.EMAIL)
    single_logout = models.BooleanField(default=True)
    proxy = models.BooleanField(default=False)
    proxy_callbacks = models.JSONField(default=list)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"service of {self.application_id}"


class ServiceAddress(models.Model):
    """An address of one application, or a prefix: the index by which an address is found, however many there are."""

    service = models.ForeignKey(RegisteredService, on_delete=models.CASCADE, related_name="addresses")
    pattern = models.CharField(max_length=500, unique=True)

    def __str__(self) -> str:
        return self.pattern


class ProxyGrant(models.Model):
    """A proxy-granting ticket: with it an application asks for tickets of others, while its own visit stands.

    `proxies`: the callbacks through which the agent comes, the latest first (specification, section 2.6.2).
    """

    digest = models.CharField(max_length=64, unique=True)
    visit = models.ForeignKey("admission.Visit", on_delete=models.PROTECT, related_name="+")
    proxies = models.JSONField(default=list)
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"proxy grant {self.pk}"


class Ticket(models.Model):
    """A service ticket, or a proxy ticket (`proxies` not empty): good once, for seconds, for the address it names."""

    digest = models.CharField(max_length=64, unique=True)
    visit = models.ForeignKey("admission.Visit", on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=1500)
    proxies = models.JSONField(default=list)
    from_new_login = models.BooleanField(default=False)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    replayed_at = models.DateTimeField(null=True)  # journaled once
    sealed = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="cas_ticket_expiry")]

    def __str__(self) -> str:
        return f"ticket {self.pk}"
