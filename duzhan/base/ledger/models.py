import secrets
from datetime import datetime
from functools import cache

from django.db import models
from django.db.models import F, Q
from django.db.models.base import ModelState

from . import digests, proof
from .lags import COUNTED, LagClass
from .plain import AS_THEY_ARE, differs, plain, uuid7
from .summed import Dense, Late, Met, Rollup  # noqa: F401 - Django looks for them here


class Event(models.Model):
    """One thing that happened. Written once, with the change itself; never updated, never deleted.

    `at` is when it took effect, `recorded_at` when the system learned it. The dimensions (area … topic) are
    copied from the subject at that moment: a figure is a sum over them and joins nothing. So are `due` and
    `was_due`: how many are past their time is the number of those reached less the number of these.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    book = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    late = models.BooleanField(default=False)  # recorded in a later hour than it took effect: see queries.totals
    actor = models.BigIntegerField(null=True)  # no foreign key: history must never block a deletion
    via = models.CharField(max_length=12, default="web")
    was = models.CharField(max_length=20, blank=True)
    now = models.CharField(max_length=20, blank=True)
    area = models.CharField(max_length=255, blank=True)
    unit = models.BigIntegerField(null=True)
    group = models.BigIntegerField(null=True)
    place = models.BigIntegerField(null=True)
    place_kind = models.CharField(max_length=40, blank=True)
    topic = models.CharField(max_length=130, blank=True)
    due = models.DateTimeField(null=True)  # from then on its subject, as this event leaves it, is past its time
    was_due = models.DateTimeField(null=True)  # the same for the state it leaves; neither is before `at`
    amount = models.IntegerField(default=1)
    facts = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    prev = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "seq"], name="event_once_per_subject_and_seq"
            ),
            models.CheckConstraint(condition=Q(at__lte=F("recorded_at")), name="event_not_before_it_happened"),
        ]
        indexes = [
            models.Index(fields=["book", "at"], name="event_by_book_and_at"),
            models.Index("book", LagClass(), "recorded_at", name="event_late", condition=Q(late=True), include=COUNTED),
            models.Index(fields=["book", "recorded_at"], name="event_after", condition=Q(late=False, at__lt=F("recorded_at"))),
            models.Index(fields=["book", "due"], name="event_due", condition=Q(due__isnull=False)),
            models.Index(fields=["book", "was_due"], name="event_was_due", condition=Q(was_due__isnull=False)),
            models.Index(  # what moves through no stages, such as visits: different things are counted from it alone
                fields=["book", "kind", "at", "recorded_at", "place", "unit", "area"], name="event_met",
                condition=Q(was="", now=""),
            ),
        ]  # fmt: skip

    def content(self) -> dict:
        """What the digest covers."""
        here = self.__dict__
        told = {name: here[name] for name in proof.EVENT_FIELDS}
        for name in _written_out():  # the rest stands in the ledger as it is
            told[name] = plain(told[name])
        return told

    def computed_digest(self) -> str:
        return digests.event_digest(self.content())


@cache
def _written_out() -> tuple:
    """The columns of an event that JSON does not know."""
    known = (models.UUIDField, models.DateTimeField)
    return tuple(name for name in proof.EVENT_FIELDS if isinstance(Event._meta.get_field(name), known))


class Recorded(models.Model):
    """A row whose every change is an event: `verify` replays the events and compares.

    A subclass names its `subject_kind` and what people call it (`subject_word`), its `recorded_fields` (attribute
    names of columns) and says in `dimensions()` what it is counted by. It changes through `ledger.actions.record` only.
    """

    seq = models.PositiveIntegerField(default=0, editable=False)
    head = models.CharField(max_length=64, default=proof.FIRST, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)  # `at` of the newest event
    known_at = models.DateTimeField(null=True, editable=False)  # `recorded_at` of the newest event

    subject_kind = subject_word = ""
    recorded_fields = ()
    meets = ()  # ((kind of event, ("place", "unit")), …): by these events things are met, each counted once
    sealed_fields = ()  # see Sealed

    BOOKKEEPING = ("seq", "head", "changed_at", "known_at")

    _loaded = (), ()  # names and values of the columns as they were loaded or last recorded; looked at when an event is

    class Meta:
        abstract = True

    def save(self, *arguments, update_fields=None, **more):
        """Columns that are not recorded, by their names; the others change with an event that says so."""
        if update_fields is None or {*self.recorded_fields, *self.BOOKKEEPING} & self.attnames(update_fields):
            raise TypeError(f"a {self.subject_kind} changes through ledger.actions.record")
        super().save(*arguments, update_fields=update_fields, **more)

    def delete(self, *arguments, **more):
        raise TypeError(f"a {self.subject_kind} is never deleted: its events would stand without it")

    @classmethod
    def from_db(cls, db, field_names, values):
        """As Django makes rows, but for what it does in each for signals that nobody waits for."""
        row = cls.__new__(cls)
        row._state = ModelState()
        row._state.adding, row._state.db = False, db
        row.__dict__.update(zip(field_names, values, strict=True))
        row._loaded = field_names, _kept(field_names, values, _containers(cls))
        return row

    def refresh_from_db(self, using=None, fields=None, from_queryset=None):
        super().refresh_from_db(using, fields, from_queryset)
        self.remember(self.attnames(fields))

    def remember(self, names=None):
        """Take these columns (None: all) as they are for the state that the next event starts from."""
        here, before = self.__dict__, {} if names is None else self.before()
        names = [name for name in (_attnames(type(self)) if names is None else names) if name in here]
        before |= zip(names, _kept(names, [here[name] for name in names], _containers(type(self))), strict=True)
        self._loaded = tuple(before), tuple(before.values())

    def remember_written(self, values):
        """The same for a row whose columns have just been written, all of them."""
        names = _attnames(type(self))
        self._loaded = names, _kept(names, values, _containers(type(self)))

    def before(self) -> dict:
        """Its columns as they were loaded or last recorded; of a new row none, of a deferred one those it has."""
        return dict(zip(*self._loaded, strict=True))

    def as_it_was(self):
        """The row before it was changed; None for a new row."""
        return None if self._state.adding else type(self).from_db(self._state.db, *self._loaded)

    def changes(self) -> dict:
        """The recorded columns that differ from what they were, as they stand in the ledger; of a new row all."""
        if self._state.adding:
            return self.state()
        before, loaded = self.before(), self.__dict__
        return self.told(name for name in self.recorded_fields if name in loaded and differs(name, before, loaded))

    def state(self) -> dict:
        """Its recorded columns, as they stand in the ledger."""
        return self.told(self.recorded_fields)

    def told(self, names) -> dict:
        """Some of its columns, as they stand in the ledger."""
        here = self.__dict__  # a reference read as an attribute is a question to Django
        told = {name: here[name] if name in here else getattr(self, name) for name in names}
        for name, value in told.items():
            if type(value) not in AS_THEY_ARE:
                told[name] = plain(value)
        return told

    def attnames(self, names=None) -> set:
        """The attributes of these columns, named as fields or as attributes; without names, of all."""
        columns = self._meta.concrete_fields
        return {each.attname for each in columns if names is None or {each.name, each.attname} & {*names}}

    def book(self) -> int:
        """The operation whose ledger it stands in; 0 for what belongs to none."""
        return 0

    def dimensions(self) -> dict:
        """What it is counted by: area, unit, group, place, place_kind, topic."""
        return {}

    def runs_out(self) -> datetime | None:
        """The first instant at which, as it stands, its time has run out; None while no clock runs."""
        return None


def _kept(names, values, containers):
    """Values that stay as they are, whatever becomes of the row: lists and dictionaries can be changed in place."""
    if not containers:
        return values
    return [plain(value) if name in containers else value for name, value in zip(names, values, strict=True)]


@cache
def _attnames(model) -> tuple:
    return tuple(column.attname for column in model._meta.concrete_fields)


def new_salt() -> str:
    return secrets.token_hex(16)


class Sealed(Recorded):
    """A recorded row of which some columns must not be read in the ledger, ever: names, addresses, password hashes.

    The ledger keeps a fingerprint of each of `sealed_fields` (which stand in `recorded_fields` too), salted by the row
    itself. An edit is found all the same; and when the row is emptied and its salt with it, what the ledger
    holds says nothing any more. The salt is itself sealed.
    """

    salt = models.CharField(max_length=32, default=new_salt, editable=False)

    class Meta:
        abstract = True

    def told(self, names) -> dict:
        told = super().told(names)
        for name in told.keys() & self.sealed_fields:
            told[name] = proof.fingerprint(self.salt, name, told[name])
        return told

    def changes(self) -> dict:
        changed = super().changes()
        return changed | self.told(self.sealed_fields) if "salt" in changed else changed  # each fingerprint is another


@cache
def _containers(model) -> frozenset:
    """The recorded columns that hold lists and dictionaries."""
    columns = [each for each in model._meta.concrete_fields if isinstance(each, models.JSONField)]
    return frozenset(each.attname for each in columns) & frozenset(model.recorded_fields)


def subjects() -> dict:
    """Every recorded model by its subject kind."""
    found, open_ = {}, [Recorded]
    while open_:
        model = open_.pop()
        open_ += model.__subclasses__()
        if not model._meta.abstract:
            found[model.subject_kind] = model
    return found


class Tail(models.Model):
    """An event that has no place in the order yet: written with it, taken away when it is settled."""

    event = models.OneToOneField(Event, on_delete=models.DO_NOTHING, related_name="tail")


class Entry(models.Model):
    """The place of an event in the ledger's order. Positions begin at 1 and have no gap."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.DO_NOTHING, related_name="entry")
    digest = models.CharField(max_length=64)


class Seal(models.Model):
    """A Merkle root over entries `first` to `last`, chained to the seal before."""

    number = models.PositiveIntegerField(primary_key=True)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    root = models.CharField(max_length=64)
    prev = models.CharField(max_length=64)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    def content(self) -> dict:
        return {name: plain(getattr(self, name)) for name in proof.SEAL_FIELDS}


class Delivery(models.Model):
    """One handler's duty towards one event, promised in the event's own transaction."""

    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, related_name="deliveries")
    handler = models.CharField(max_length=120)
    not_before = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="delivery_once_per_handler")]
        indexes = [
            models.Index(fields=["not_before"], name="delivery_open", condition=Q(done_at=None)),
            models.Index(fields=["done_at"], name="delivery_done", condition=Q(done_at__isnull=False)),
        ]
