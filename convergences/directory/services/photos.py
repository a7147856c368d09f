"""The agent's photo: the one thing that they change alone."""

import uuid
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction

from convergences.audit.services import About, Actor, record
from convergences.directory.actions import Action
from convergences.directory.models import Agent, Photo
from convergences.directory.pictures import squared
from convergences.directory.services import guards, locks
from convergences.foundations import clock


def replace(agent: Agent, upload: BinaryIO, size: int, *, actor: Actor) -> Photo:
    """Put a photo in the place of the former one, if any, and return it. Its address is new: the former one is dead.

    Raises `BadPhoto`, `NotYours`.
    """
    guards.check_self(actor, agent.pk)
    content = squared(upload, size)
    uid = uuid.uuid4()
    photo = Photo(agent=agent, uid=uid, updated_at=clock.now())
    photo.file.save(f"{uid}.webp", ContentFile(content), save=False)
    try:
        return _keep(photo, actor=actor)
    except BaseException:
        photo.file.storage.delete(str(photo.file.name))  # a file that no row names would never be deleted
        raise


@transaction.atomic
def _keep(photo: Photo, *, actor: Actor) -> Photo:
    held = locks.hold_agent(photo.agent_id)
    discard(held)
    photo.save()
    record(Action.PHOTO_CHANGED, actor=actor, about=About(subject_id=held.pk, subject_label=held.full_name))
    return photo


@transaction.atomic
def remove(agent: Agent, *, actor: Actor) -> None:
    """Take the photo away, if there is one. Raises `NotYours`."""
    guards.check_self(actor, agent.pk)
    held = locks.hold_agent(agent.pk)
    if discard(held):
        record(Action.PHOTO_REMOVED, actor=actor, about=About(subject_id=held.pk, subject_label=held.full_name))


def discard(agent: Agent) -> bool:
    """Delete the agent's photo, its file once the transaction is done; True if there was one."""
    former = Photo.objects.filter(agent=agent).first()
    if former is None:
        return False
    storage: Storage = former.file.storage
    name = str(former.file.name)
    former.delete()
    transaction.on_commit(lambda: storage.delete(name))
    return True
