"""When people of a story go out, send, hand over, report and look again."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta


@dataclass(frozen=True)
class Pace:
    """How the days of an operation run: when people go out, send, hand over, and until when the story is told."""

    first: datetime
    until: datetime
    opens: time = time(8, 30)
    shuts: time = time(17, 50)
    slots: tuple[time, ...] = (time(11, 30), time(15, 30), time(17, 30), time(21, 30))
    syncs: tuple[time, ...] = ()  # (): each visitor's own phone, at the end of the hour
    step: int = 5  # minutes: signing, reporting and verifying fall on full steps
    closing: str = "verify"
    on_the_spot: float = 0.25
    photos: float = 0.0
    weights: tuple[int, ...] = ()  # of the days; (): all alike

    def beginning(self, first) -> "Pace":
        """The same pace from another instant on."""
        return replace(self, first=first, weights=())

    def days(self):
        return [self.first.date() + timedelta(days=n) for n in range((self.until.date() - self.first.date()).days + 1)]

    def at(self, day, clock) -> datetime:
        return datetime.combine(day, clock, self.until.tzinfo)

    def slot_after(self, instant) -> datetime:
        """The next hand-over after an instant."""
        return self._next(self.slots, instant)

    def sync_after(self, instant) -> datetime:
        """When the phone sends what was entered at an instant."""
        if not self.syncs:
            return instant.replace(minute=55, second=0)
        return self._next(self.syncs, instant)

    def _next(self, clocks, instant):
        for day in (instant.date(), instant.date() + timedelta(days=1)):
            for clock in clocks:
                if self.at(day, clock) > instant:
                    return self.at(day, clock)
        raise ValueError(f"nothing is left to do after {instant}")


def rounded(pace, instant) -> datetime:
    """Up to the next step of the pace: what is alike is then done at once."""
    return instant + timedelta(minutes=-instant.minute % pace.step)


def awake(pace, instant) -> datetime:
    """Units report until 22:30 and again from seven."""
    return _within(pace, instant, time(7), time(22, 30))


def daylight(pace, instant) -> datetime:
    """Groups look again while it is day."""
    return _within(pace, instant, time(8, 30), time(18))


def _within(pace, instant, opens, shuts):
    if instant.time() > shuts:
        return pace.at(instant.date() + timedelta(days=1), opens)
    return max(instant, pace.at(instant.date(), opens))
