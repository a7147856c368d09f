"""Tables of the reverse proxy check. Cookies and codes are kept as digests (DOMAIN, rule 8)."""

from django.db import models


class Gate(models.Model):
    """An application behind a web server that asks us. It points to the catalogue, never the reverse.

    `hosts`: names, with a port where it is not the usual one. `paths`: prefixes between two slashes; none: everything.
    """

    application = models.OneToOneField("catalog.Application", on_delete=models.PROTECT, related_name="+")
    hosts = models.JSONField(default=list)
    paths = models.JSONField(default=list)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"gate of {self.application_id}"


class GateAddress(models.Model):
    """A prefix on a host, one application's only: the index by which an address is found."""

    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, related_name="addresses")
    host = models.CharField(max_length=260)
    path = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "path"], name="gate_address_unique")]

    def __str__(self) -> str:
        return f"{self.host}{self.path}"


class HopCode(models.Model):
    """Leads a browser from the portal to the application's own address: good once, for seconds, for one host.

    `state`: the digest of what the browser that set out holds at that host; the code is of no use to another browser.
    """

    digest = models.CharField(max_length=64, unique=True)
    visit = models.ForeignKey("admission.Visit", on_delete=models.PROTECT, related_name="+")
    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, related_name="+")
    host = models.CharField(max_length=260)
    state = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    replayed_at = models.DateTimeField(null=True)  # journaled once

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="gate_hop_expiry")]

    def __str__(self) -> str:
        return f"hop {self.pk}"


class Pass(models.Model):
    """What the cookie of a host stands for: a visit, at that host only, and no longer than the visit.

    One cookie serves every application of its host: a row for each.
    """

    digest = models.CharField(max_length=64)
    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, related_name="+")
    visit = models.ForeignKey("admission.Visit", on_delete=models.PROTECT, related_name="+")
    host = models.CharField(max_length=260)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "gate"], name="gate_pass_unique")]

    def __str__(self) -> str:
        return f"pass {self.pk} at {self.host}"
