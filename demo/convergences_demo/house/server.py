"""Serves an application of the demo until interrupted."""

import sys
from wsgiref.simple_server import make_server

from convergences_demo.house import configuration, project
from convergences_demo.house.configuration import Application
from convergences_demo.house.listening import Quiet, Server


def main(application: Application) -> int:
    """Serve until interrupted; return the status of the process."""
    chosen = configuration.read(application)
    answering = project.build(chosen)
    try:
        server = make_server(chosen.host, chosen.port, answering, server_class=Server, handler_class=Quiet)
    except OSError as error:
        sys.stderr.write(
            f"{application.name} ne peut pas écouter sur {chosen.host}:{chosen.port} : {error.strerror}.\n"
        )
        return 2
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0
