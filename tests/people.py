"""The cast. Every test speaks of the same people, so a reader learns them once.

Two streets of one district; 双龙湖街道 is the unit that must mend, 龙溪街道 another unit. All instants of a story begin
at NOON of 25 November 2022, Chinese time.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from duzhan.operations.actions import start
from duzhan.people.actions import appoint, form_group, found_body, register_person
from duzhan.people.models import Person
from duzhan.places.actions import add_area, register_point

STARTED = datetime(2022, 11, 19, 12, tzinfo=UTC)
NOON = datetime(2022, 11, 25, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Cast:
    """Who and where, by the names the tests use."""

    people: dict = field(default_factory=dict)
    bodies: dict = field(default_factory=dict)
    areas: dict = field(default_factory=dict)
    points: dict = field(default_factory=dict)
    operation: object = None
    group: object = None

    def __getattr__(self, name) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None


ROLES = {  # name: (role, body, area)
    "office": ("office", "office", "district"),
    "inspector": ("inspector", "office", "district"),
    "verifier": ("inspector", "office", "district"),
    "leader": ("leader", "office", "district"),
    "discipline": ("discipline", "office", "district"),
    "unit": ("unit", "street", "street"),
    "other_unit": ("unit", "other_street", "other_street"),
    "far_office": ("office", "far_office", "far"),
}


def assemble() -> Cast:
    """The cast with its district, bodies, points and a running operation, all by real actions."""
    cast = Cast()
    country = add_area("中国", "000000", "country")
    cast.areas["district"] = district = add_area("渝北区", "500112", "county", parent=country)
    cast.areas["street"] = add_area("双龙湖街道", "500112016", "street", parent=district)
    cast.areas["other_street"] = add_area("龙溪街道", "500112009", "street", parent=district)
    cast.areas["far"] = add_area("全州县", "450324", "county", parent=country)
    for name, kind, area in (
        ("office", "office", "district"), ("street", "territory", "street"),
        ("other_street", "territory", "other_street"), ("far_office", "office", "far"),
    ):  # fmt: skip
        cast.bodies[name] = found_body(f"{cast.areas[area]}{kind}", kind, area=cast.areas[area].path)
    for name, (role, body, area) in ROLES.items():
        cast.people[name] = register_person(name, f"示例{name}", password="password-of-the-tests")
        appoint(cast.people[name], cast.bodies[body], role, area=cast.areas[area].path, starts_at=STARTED)
    cast.people["volunteer"] = register_person("volunteer", "示例志愿者")  # an account without a post
    cast.people["stranger"] = None  # somebody who has not signed in
    cast.points["station"] = register_point(
        "示例采样点01", "sampling_point", cast.areas["street"], body=cast.bodies["street"], lat=29.72, lon=106.63
    )
    cast.points["market"] = register_point(
        "示例超市02", "supermarket", cast.areas["other_street"], body=cast.bodies["other_street"], lat=29.60, lon=106.52
    )
    cast.operation = start(
        "yubei-test", "渝北区疫情防控督导（测试）", prefix="YT", area=district, office=cast.bodies["office"],
        by=cast.office, started_at=STARTED, keeps_conduct=True,
    )  # fmt: skip
    cast.group = form_group(
        "第一督导组", "stationed", cast.bodies["office"], operation=cast.operation.pk, by=cast.office,
        area=cast.areas["street"].path, members=[cast.inspector, cast.verifier], leader=cast.inspector,
        starts_at=STARTED,
    )  # fmt: skip
    return cast
