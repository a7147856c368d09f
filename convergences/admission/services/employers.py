"""For which employer an agent of several opens an application: asked once, kept, changed at will."""

from django.db import transaction

from convergences.admission import sources
from convergences.admission.actions import Action
from convergences.admission.errors import NotAnEmployer
from convergences.admission.models import EmployerChoice
from convergences.admission.rules import broken
from convergences.audit.services import About, Actor, record
from convergences.catalog.models import Application
from convergences.directory.models import Agent, Membership
from convergences.foundations import clock


@transaction.atomic
def choose_employer(agent: Agent, application: Application, membership: Membership, *, actor: Actor) -> EmployerChoice:
    """Keep for which employer the agent opens this application from now on.

    Raises `NotAnEmployer` unless the membership is the agent's own and the application could be entered for it today.
    """
    now = clock.now()
    found = sources.at_employer(agent.pk, application.pk, membership.organization_id)
    if found is None or found.facts.membership_id != membership.pk or broken(found.facts, clock.day_of(now)):
        raise NotAnEmployer
    choice, _created = EmployerChoice.objects.update_or_create(
        agent=agent, application=application, defaults={"membership": membership, "chosen_at": now}
    )
    about = About(
        subject_id=agent.pk,
        subject_label=agent.full_name,
        organization_id=membership.organization_id,
        application=application.slug,
    )
    record(Action.EMPLOYER_CHOSEN, actor=actor, about=about)
    return choice
