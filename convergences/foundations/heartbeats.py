"""Workers say that they live; who watches the installation reads it."""

import datetime as dt
import os
import socket

from convergences.foundations import clock
from convergences.foundations.models import Heartbeat

FRESH = dt.timedelta(minutes=1)
KEPT = dt.timedelta(days=1)


def worker_name() -> str:
    """Return the name of this process among the workers of all machines."""
    return f"{socket.gethostname()[:80]}:{os.getpid()}"


def beat() -> int:
    """Say that this worker lives, and forget those that have been silent for a day."""
    now = clock.now()
    Heartbeat.objects.update_or_create(
        worker=worker_name(), defaults={"beat_at": now}, create_defaults={"beat_at": now, "started_at": now}
    )
    Heartbeat.objects.filter(beat_at__lt=now - KEPT).delete()
    return 0


def stop() -> None:
    """Say that this worker has stopped of its own will."""
    Heartbeat.objects.filter(worker=worker_name()).delete()


def living() -> list[Heartbeat]:
    """Return the workers that have spoken within a minute."""
    return list(Heartbeat.objects.filter(beat_at__gt=clock.now() - FRESH).order_by("worker"))
