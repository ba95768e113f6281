"""Rows that a library saves by itself, as Django does with whoever signs in: what it changes is an event all the same."""

from django.db import transaction

from .actions import locked, record
from .models import Recorded


@transaction.atomic
def save_recorded(row, new, changed, update_fields=None) -> None:
    """Do what `row.save(update_fields=…)` would do, with an event of the kind `new` or `changed`.

    Nobody is named as the one who did it: where somebody did, an action is asked instead. Of a row that was changed
    meanwhile, only the columns that differ from what was loaded are written.
    """
    wanted = row.attnames(update_fields)
    if not wanted & {*row.recorded_fields, *row.BOOKKEEPING}:
        Recorded.save(row, update_fields=wanted)
        return
    there = None if row.pk is None else type(row).objects.filter(pk=row.pk).first()
    if there is None:
        record(row, new, by=None, via="system")
        return
    there = locked(there)
    for name in _set_in(row, row.before() or there.before()) & wanted:
        setattr(there, name, getattr(row, name))
    if there.changes():
        record(there, changed, by=None, via="system")
    loose = wanted - {*row.recorded_fields, *row.BOOKKEEPING, row._meta.pk.attname}
    Recorded.save(there, update_fields=[name for name in loose if getattr(there, name) != there.before()[name]])
    row.refresh_from_db(fields=[*wanted, *row.BOOKKEEPING])
    row._state.adding = False  # it may have been put together by hand


def _set_in(row, before) -> set:
    """The columns that were given another value since."""
    return {name for name, value in vars(row).items() if name in before and value != before[name]}
