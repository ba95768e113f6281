"""What lower bodies say of themselves, side by side and added up, never mixed with what we counted (M113)."""

from ..amounts import Amount, total
from ..models import SelfReport

KEYS = (
    "inspections", "points_visited", "units_inspected", "problems_found", "problems_handed_over", "problems_rectified",
)  # fmt: skip


def newest(operation, as_of, known_at) -> list[SelfReport]:
    """Of each body the newest word, as of one instant and as it was known at another, in the order of the bodies."""
    said = SelfReport.objects.filter(operation=operation, as_of__lte=as_of, known_at__lte=known_at)
    found = {report.body_id: report for report in said.select_related("body").order_by("as_of", "pk")}
    return [found[body] for body in sorted(found)]


def roll_up(operation, as_of, known_at, ours: dict) -> dict:
    """The table of lower bodies as JSON; empty where nobody has said anything.

    `ours`: what we counted ourselves, {path of an area: {key: number}}, set beside what the body of that area says.
    """
    reports = newest(operation, as_of, known_at)
    keys = [key for key in KEYS if any(key in report.figures for report in reports)]
    rows = [
        {
            "body": report.body_id, "name": report.body.name, "as_of": report.as_of.isoformat(),
            "figures": report.figures, "ours": ours.get(report.body.area) or {},
        }
        for report in reports
    ]  # fmt: skip
    return {"keys": keys, "rows": rows, "totals": {key: _added(reports, key) for key in keys}} if rows else {}


def _added(reports, key):
    return total(Amount(**report.figures[key]) for report in reports if key in report.figures).as_json()
