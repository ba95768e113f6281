"""What was done in a day so far: by the whole, or by each group."""

from duzhan.base.clock.instants import start_of_day
from duzhan.insight.figures import queries as figures

NEW = ("inspections", "problems_handed_over", "problems_rectified")  # since midnight
STANDING = ("problems_in_progress", "problems_overdue")  # now
DAY_FIGURES = (*NEW, *STANDING)


def by_group(operation, day, at, slice) -> dict:
    """{group: {key: number}}: since the day began, and what stands open."""
    now = figures.by_group(operation, as_of=at, slice=slice, keys=DAY_FIGURES)
    then = figures.by_group(operation, as_of=start_of_day(day, operation.tz), slice=slice, keys=NEW)
    return {group: _day(told, then.get(group, {})) for group, told in now.items()}


def _day(now, then):
    return {key: now[key] - then.get(key, 0) if key in NEW else now[key] for key in DAY_FIGURES}
