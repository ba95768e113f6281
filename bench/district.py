"""A district to measure in: areas, points, one operation and the people who work there, all by real actions."""

from datetime import timedelta

from duzhan.base.clock.instants import now
from duzhan.operations.actions import start
from duzhan.people.actions import appoint, form_group, found_body, issue_token, register_person
from duzhan.places.actions import add_area, register_points

STREETS, POINTS = 20, 2000


def build(code):
    """Returns (operation, points, inspector, office, unit bodies, a personal token of the inspector)."""
    began = now() - timedelta(days=60)
    country = add_area("基准国", f"{code[6:]}0", "country")
    district = add_area("基准区", f"{code[6:]}1", "county", parent=country)
    streets = [add_area(f"基准街道{n:02}", f"{code[6:]}1{n:02}", "street", parent=district) for n in range(STREETS)]
    office = found_body("基准督导办", "office", area=district.path)
    units = [found_body(f"{street}办事处", "territory", area=street.path) for street in streets]
    points = register_points(
        [
            {
                "name": f"基准点位{n:04}",
                "kind": "sampling_point",
                "area": streets[n % STREETS],
                "body": units[n % STREETS],
            }
            for n in range(POINTS)
        ]
    )
    people = {}
    for role in ("office", "inspector"):
        people[role] = register_person(f"{code}-{role}", f"基准{role}")
        appoint(people[role], office, role, area=district.path, starts_at=began)
    operation = start(
        code, "基准行动", prefix="BM", area=district, office=office, by=people["office"], started_at=began
    )
    form_group(
        "基准组", "general", office, operation=operation.pk, by=people["office"], area=district.path,
        members=[people["inspector"]], starts_at=began,
    )  # fmt: skip
    return operation, points, people["inspector"], units, issue_token(people["inspector"], "bench")
