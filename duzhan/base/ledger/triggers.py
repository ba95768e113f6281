"""The database itself refuses to change or delete an event. It stops slips; `verify` convicts the rest."""

SET = {
    "sqlite": [
        "CREATE TRIGGER ledger_event_no_update BEFORE UPDATE ON ledger_event "
        "BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END",
        "CREATE TRIGGER ledger_event_no_delete BEFORE DELETE ON ledger_event "
        "BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'an event is never changed or deleted'; END $$",
        "CREATE TRIGGER ledger_event_kept BEFORE UPDATE OR DELETE ON ledger_event "
        "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    ],
}
LIFT = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS ledger_event_no_update",
        "DROP TRIGGER IF EXISTS ledger_event_no_delete",
    ],
    "postgresql": ["DROP TRIGGER IF EXISTS ledger_event_kept ON ledger_event"],
}


def set_triggers(connection):
    """Put the triggers on; an office that moved databases may need it."""
    _run(SET, connection)


def lift_triggers(connection):
    """Take the triggers off: for the way back of a migration, and for tests that tamper."""
    _run(LIFT, connection)


def _run(statements, connection):
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
