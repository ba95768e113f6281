"""How each operation begins: areas, office, leader, the operation itself, its focuses."""

import tomllib
from pathlib import Path

from demo import country
from demo.cast import Cast
from demo.story import Story, local
from duzhan.base.clock.instants import travel
from duzhan.operations import actions as operations

FOLDER = Path(__file__).parent / "data"


def read(name) -> dict:
    """The facts of one operation."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def opened(told: dict) -> Story:
    """Switch the operation on at its instant, with an office, a leader and somebody for discipline."""
    country.enter_areas()
    started_at = local(told["started_at"])
    with travel(started_at):
        cast = Cast(told["code"].partition("-")[0], started_at)
        area = country.area(told["area"])
        office_body = cast.body(told["office"], "office", area, told.get("office_short", ""))
        office = cast.person(f"{cast.code}-office")
        operation = operations.start(
            told["code"], told["name"], prefix=told["prefix"], area=area, office=office_body, by=office,
            level=told["level"], started_at=started_at, keeps_conduct=True, is_demo=True,
        )  # fmt: skip
        cast.appoint(office, office_body, "office", area.path, operation)
        leader_body = cast.body(told["leader_body"], "commission", area)
        leader = cast.person(f"{cast.code}-leader")
        cast.appoint(leader, leader_body, "leader", area.path, operation)
        discipline = cast.person(f"{cast.code}-discipline")
        cast.appoint(discipline, leader_body, "discipline", area.path, operation)
        story = Story(operation, told, cast, office, leader)
        story.focuses = operations.set_focuses(operation, told["focuses"], by=office, reason="启动时确定")
    return story
