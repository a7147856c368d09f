"""The backend that `settings.DATABASES` names: Django's own, with a connection that each thread keeps for itself."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.backends.postgresql import base
from psycopg import IsolationLevel

from convergences.foundations.postgresql.connection import Connection


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection: one for each thread, whose short questions are asked without a cursor."""

    health_check_done: bool
    health_check_enabled: bool

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._of_this_thread = threading.local()

    def get_connection_params(self) -> dict[str, Any]:
        """Return what the driver is told, without what only we read."""
        parameters: dict[str, Any] = super().get_connection_params()
        parameters.pop("prepared_statements", None)
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """Open a connection of ours."""
        self.isolation_level = IsolationLevel.READ_COMMITTED
        opened = Connection.connect(**conn_params)
        if not self.settings_dict["OPTIONS"].get("prepared_statements", True):
            opened.prepares = False
        self._of_this_thread.closer = _Closer(opened)
        return opened

    def close_if_health_check_failed(self) -> None:
        """Once a request, see that the server has not gone away: it costs no journey to it while it is often asked."""
        if self.connection is None or self.health_check_done or not self.health_check_enabled:
            return
        self.health_check_done = True
        if not self.connection.seems_well() and not self.is_usable():
            self.close()

    def ask(self, text: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a short question (`foundations.sql.statements`)."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            rows: list[tuple[Any, ...]] = self.connection.ask(text, values)
        return rows


class _Closer:
    """Closes a connection with the thread that opened it: a server ends its idle threads, and tells Django nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __del__(self) -> None:
        self._connection.close()
