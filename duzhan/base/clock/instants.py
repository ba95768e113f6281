"""What time it is, and how an instant is read. The only place that looks at the machine's clock."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput

ZONE = ZoneInfo("Asia/Shanghai")
TICK = timedelta(microseconds=1)  # instants have no finer parts

_told = ContextVar("duzhan_told_instant", default=None)


def now() -> datetime:
    """This instant, in UTC; inside `travel`, the instant that is being told."""
    return _told.get() or datetime.now(UTC)


@contextmanager
def travel(to: datetime):
    """Tell a story at another instant: within the block the clock stands at `to` (aware).

    For the demo and for tests. Of requests, only those of a demo person are told another instant: that of their story.
    """
    token = _told.set(to.astimezone(UTC))
    try:
        yield
    finally:
        _told.reset(token)


@contextmanager
def machine_time():
    """Within the block the machine's own clock: for what belongs to no story, such as keys and how long they live."""
    token = _told.set(None)
    try:
        yield
    finally:
        _told.reset(token)


@contextmanager
def one_telling():
    """Whatever `tell` says within the block ends with it."""
    token = _told.set(_told.get())
    try:
        yield
    finally:
        _told.reset(token)


def tell(instant: datetime):
    """From here on, to the end of the telling, the clock stands at this instant."""
    _told.set(instant.astimezone(UTC))


def parse_instant(text, zone=ZONE) -> datetime:
    """Read `2022-11-25 18:00`, `2022-11-25T18:00:00+08:00` or a day (its last instant) as an instant in UTC.

    A text without an offset is read in `zone`. Raises BadInput for anything else.
    """
    text = str(text).strip()
    try:
        if len(text) == 10:
            return end_of_day(datetime.fromisoformat(text).date(), zone)
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=zone)
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput(
            _("“%(text)s”不是时刻；请写成 2022-11-25 18:00 或 2022-11-25T18:00:00+08:00。") % {"text": text[:40]},
            field="instant",
        ) from None


def start_of_day(day, zone=ZONE) -> datetime:
    """Midnight at which `day` begins in `zone`, as UTC."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def end_of_day(day, zone=ZONE) -> datetime:
    """The last microsecond of `day` in `zone`, as UTC."""
    return start_of_day(day + timedelta(days=1), zone) - timedelta(microseconds=1)


def day_of(instant, zone=ZONE):
    """The calendar day an instant falls on in `zone`."""
    return instant.astimezone(zone).date()
