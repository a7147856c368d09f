"""The WSGI application: the dispatcher, and Django behind it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "convergences.project.settings")

_django = get_wsgi_application()

from convergences.project.dispatching.dispatcher import Dispatcher, routes  # noqa: E402 - once Django is ready

application = Dispatcher(_django, routes())
