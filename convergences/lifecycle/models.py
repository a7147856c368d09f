"""Tables of the life of an account: what is still to be said of it."""

from django.db import models


class LostAccess(models.Model):
    """An agent enters an application no more by an act of the centre, and is to be told after a pause.

    `remaining`: the employer that absorbed theirs. The row goes with its mail: the journal says what was done.
    """

    agent = models.ForeignKey("directory.Agent", on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey("directory.Organization", on_delete=models.CASCADE, related_name="+")
    remaining = models.ForeignKey("directory.Organization", null=True, on_delete=models.CASCADE, related_name="+")
    application = models.ForeignKey("catalog.Application", on_delete=models.CASCADE, related_name="+")
    lost_on = models.DateField()
    tell_after = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tell_after", "id"], name="lost_access_due")]

    def __str__(self) -> str:
        return f"{self.application_id} lost by {self.agent_id}"


class EndedContract(models.Model):
    """A contract whose last day is past, and whose agents have been noted: marks that none is twice."""

    organization = models.ForeignKey("directory.Organization", on_delete=models.CASCADE, related_name="+")
    application = models.ForeignKey("catalog.Application", on_delete=models.CASCADE, related_name="+")
    ended_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "application", "ended_on"], name="ended_contract_unique")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} of {self.organization_id} on {self.ended_on}"
