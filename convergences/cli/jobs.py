"""Queued jobs: django-tasks-db's own worker, run for what is ready and no longer."""

from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from convergences.foundations.heartbeats import worker_name

AT_ONCE = 20


class _Pass(Worker):
    @property
    def done(self) -> int:
        """Return how many jobs this pass has run."""
        return self._run_tasks


def run_ready() -> int:
    """Run the jobs that are ready, a few at most, and return how many; a job that fails is recorded as such."""
    if not DBTaskResult.objects.ready().exists():
        return 0  # claiming takes SQLite's write lock: not every second for nothing
    jobs = _Pass(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0.2,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=AT_ONCE,
        worker_id=worker_name()[-64:],
    )
    jobs.run()
    return jobs.done
