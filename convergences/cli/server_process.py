"""What each server process loads. Nothing here needs Django before the application itself brings it."""

import gc
import importlib
import os
from collections.abc import Callable
from typing import Any

APPLICATION = "convergences.project.wsgi:application"


def load_application(_target: str) -> Callable[..., Any]:
    """Return the WSGI application.

    granian copies the environment into that of every request: what the settings have read must not lie there.
    """
    application: Callable[..., Any] = importlib.import_module(APPLICATION.partition(":")[0]).application
    for name in [name for name in os.environ if name.startswith("CONVERGENCES_")]:
        del os.environ[name]
    # What is loaded by now lives as long as the process: the collector of cycles need not walk through it again.
    gc.collect()
    gc.freeze()
    return application
