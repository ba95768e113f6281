"""How each operation begins: areas, office, leader, the operation itself, its focuses; and how each day of it ends."""

import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path

from demo import country
from demo.cast import Cast
from demo.story import TEXTS, Story, local
from duzhan.base.clock.instants import travel
from duzhan.operations import actions as operations
from duzhan.supervision.inspections import actions as inspections
from duzhan.supervision.inspections.models import Help

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
        office = cast.person(f"{cast.code}-office", "督导办")
        operation = operations.start(
            told["code"], told["name"], prefix=told["prefix"], area=area, office=office_body, by=office,
            level=told["level"], started_at=started_at, keeps_conduct=True, is_demo=True,
        )  # fmt: skip
        cast.appoint(office, office_body, "office", area.path, operation)
        leader_body = cast.body(told["leader_body"], "commission", area)
        leader = cast.person(f"{cast.code}-leader", "领导")
        cast.appoint(leader, leader_body, "leader", area.path, operation)
        discipline = cast.person(f"{cast.code}-discipline", "纪检专责")
        cast.appoint(discipline, leader_body, "discipline", area.path, operation)
        story = Story(operation, cast, office)
        story.leader, story.discipline, story.told = leader, discipline, told
        story.refocus(*told["focuses"], reason="启动时确定")
        for day, codes in told.get("refocus", {}).items():
            at = local(f"{day} 20:45")
            story.act(at, story.refocus, *codes, reason="晚间调度会确定")
    return story


def put_evenings(story: Story, until: datetime):
    """Every evening until then: the office answers what was asked for, and the day is settled."""
    day = story.operation.started_at.astimezone(until.tzinfo).date()
    while day <= until.date():
        story.act(datetime.combine(day, time(20, 30), until.tzinfo), _answer_helps, story)
        story.act(datetime.combine(day, time(23, 50), until.tzinfo), story.evening)
        day += timedelta(days=1)


def _answer_helps(story):
    """What was found hard by the early afternoon is answered in the evening; the rest waits a day."""
    waiting = Help.objects.filter(operation=story.operation, stage=Help.Stage.OPEN).order_by("pk")
    for each in waiting.filter(asked_at__lt=story.instant - timedelta(hours=5)):
        inspections.answer_help(each, by=story.office, answer=story.random.choice(TEXTS["answers"]))
