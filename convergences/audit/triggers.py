"""The database itself refuses to change an event, or to remove one that no purge has sealed away (DOMAIN, rule 6).

An administrator of the database can drop a trigger: the chain of seals is what shows it. A migration that rebuilds the
table on SQLite must call `install` again.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

from convergences.audit.columns import CONTENT

TABLE = "audit_auditevent"
ORIGIN = "audit_auditorigin"
NAMES = ("audit_no_update", "audit_no_delete")
_MESSAGE = "the journal is append-only"

_SQLITE_UPDATE = f"""
CREATE TRIGGER audit_no_update BEFORE UPDATE ON {TABLE}
WHEN NOT (OLD.sequence IS NULL AND OLD.seal = '' AND NEW.sequence IS NOT NULL AND NEW.seal <> ''
          AND {" AND ".join(f"NEW.{column} IS OLD.{column}" for column in CONTENT)})
BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END
"""
# What a purge has written down (`purging`) may go, if it is old by the database's own clock too.
_PURGED = f"OLD.sequence <= (SELECT MAX(sequence) FROM {ORIGIN})"  # noqa: S608 - our own names
_SQLITE_DELETE = f"""
CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE}
WHEN NOT COALESCE({_PURGED} AND OLD.at < datetime('now', '-6 months'), 0)
BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END
"""
_SQLITE_DELETE_NEVER = f"""
CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE}
BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END
"""
_POSTGRESQL = f"""
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.sequence IS NULL AND OLD.seal = '' AND NEW.sequence IS NOT NULL AND NEW.seal <> ''
       AND ({", ".join(f"NEW.{column}" for column in CONTENT)})
           IS NOT DISTINCT FROM ({", ".join(f"OLD.{column}" for column in CONTENT)}) THEN
      RETURN NEW;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF {_PURGED} AND OLD.at < now() - interval '6 months' THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
"""
_POSTGRESQL_REMOVE = f"""
DROP TRIGGER IF EXISTS audit_no_update ON {TABLE};
DROP TRIGGER IF EXISTS audit_no_delete ON {TABLE};
DROP TRIGGER IF EXISTS audit_no_truncate ON {TABLE};
DROP FUNCTION IF EXISTS audit_append_only();
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers, replacing those that exist."""
    remove(connection)
    # SQLite reads every trigger again when any table is renamed: one that names a table to come would stop migrations.
    may_purge = connection.vendor != "sqlite" or ORIGIN in connection.introspection.table_names()
    sqlite = (_SQLITE_UPDATE, _SQLITE_DELETE if may_purge else _SQLITE_DELETE_NEVER)
    statements = sqlite if connection.vendor == "sqlite" else (_POSTGRESQL,)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers; the chain of seals still shows what happens meanwhile."""
    sqlite = tuple(f"DROP TRIGGER IF EXISTS {name}" for name in NAMES)
    statements = sqlite if connection.vendor == "sqlite" else (_POSTGRESQL_REMOVE,)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that are not in place, or not enabled."""
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
        expected = set(NAMES)
    else:
        query = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled IN ('O', 'A')"
        expected = {*NAMES, "audit_no_truncate"}
    with connection.cursor() as cursor:
        cursor.execute(query, [TABLE])
        present = {row[0] for row in cursor.fetchall()}
    return sorted(expected - present)
