"""How each day ends: the report is frozen, the groups are heard, something is decided, what was hard is answered."""

from datetime import datetime, time, timedelta

from demo import country
from demo.story import TEXTS, Story, local
from duzhan.insight.briefing.actions import meetings, reports, self_reports
from duzhan.supervision.inspections import actions as inspections
from duzhan.supervision.inspections.models import Help

FROZEN, REPORTED, BEGUN = time(18, 30), time(20, 5), time(20, 30)
TURN = timedelta(minutes=3)


def put_evenings(story: Story, until: datetime):
    """Put every evening until then on the agenda, the first on the first day that had a morning."""
    told = {each["day"]: each for each in story.told.get("evenings", ())}
    started = story.operation.started_at.astimezone(until.tzinfo)
    day = started.date() + timedelta(days=started.time() > FROZEN)
    while day <= until.date():
        _put_evening(story, day, told.get(str(day), {}), until.tzinfo)
        day += timedelta(days=1)
    for each in story.told.get("self_reports", ()):
        story.act(local(each["at"]), _file_self_reports, story, each)


def _put_evening(story, day, told, zone):
    def at(clock):
        return datetime.combine(day, clock, zone)

    story.act(at(FROZEN), _freeze, story, day, told)
    if "amended_at" in told:
        story.act(local(told["amended_at"]), _amend, story, day, told["amended_for"])
    if story.hears_groups:
        for number, team in enumerate(story.teams.values()):
            story.act(at(REPORTED) + timedelta(minutes=number), _report_in, story, day, team, told)
    story.act(at(BEGUN), _begin, story, day)
    story.act(at(BEGUN), _answer_helps, story)
    end = at(BEGUN) + timedelta(minutes=5)
    if story.hears_groups:
        for team in story.teams.values():
            story.act(end, _hear, story, day, team)
            end += TURN
    story.act(end, _decide, story, day, told)
    story.act(end + timedelta(minutes=5), _adjourn, story, day)
    story.act(at(time(23, 50)), story.evening)


def _freeze(story, day, told):
    story.take_stock()
    reports.freeze(
        story.operation, day, by=story.leader, highlights=told.get("highlights"), tomorrow=told.get("tomorrow")
    )


def _amend(story, day, reason):
    reports.amend(story.operation.reports.get(day=day), by=story.leader, reason=reason)


# --- the meeting ------------------------------------------------------------------------------------------------


def _report_in(story, day, team, told):
    calls = [call for call in story.calls if call.team is team and call.at.date() == day]
    found = sum(len(call.courses) for call in calls)
    words = f"今日走访{len(calls)}次，发现问题{found}个。" + ("已逐件当面交办。" if found else "没有新的问题。")
    asks = told.get("asks", {}).get(_key_of(story, team), ())
    meetings.report_in(_meeting(story, day), team.group, words, by=team.leader, asks=asks)


def _key_of(story, team):
    return next(key for key, each in story.teams.items() if each is team)


def _meeting(story, day):
    return meetings.plan(story.operation, day, by=story.office)


def _begin(story, day):
    names = [story.leader.name, story.office.name, *(team.leader.name for team in story.teams.values())]
    meetings.begin(_meeting(story, day), by=story.office, chair=story.leader, attendance=names)


def _hear(story, day, team):
    meetings.hear(_meeting(story, day), team.group, by=story.office)


def _decide(story, day, told):
    meeting = _meeting(story, day)
    for task in told.get("tasks", ()):
        unit = _unit(story, task["unit"])
        decision = meetings.decide(
            meeting, "task", by=story.office, text=task["text"], unit=unit, due_at=local(task["due_at"])
        )
        if "done_at" in task:
            by, note = story.cast.liaison(unit, story.operation), task["note"]
            story.act(local(task["done_at"]), meetings.report_done, decision, by=by, note=note)
    if "declined" in told:
        group = story.teams[told["declined"]["group"]].group
        meetings.decide(meeting, "decline", by=story.office, group=group, text=told["declined"]["text"])
    focuses = told.get("focuses") or story.told.get("refocus", {}).get(str(day))
    if focuses:
        meetings.decide(meeting, "focus", by=story.office, focuses=focuses)
        story.focuses = list(story.operation.focuses.all())


def _unit(story, name):
    """A street by its code, or a department by its name."""
    if name in story.teams:
        return story.units[name]
    return story.cast.body(name, "department", story.operation.area)


def _adjourn(story, day):
    meetings.adjourn(_meeting(story, day), by=story.office)


def _answer_helps(story):
    """What was found hard by noon is answered in the evening; the rest waits a day."""
    waiting = Help.objects.filter(operation=story.operation, stage=Help.Stage.OPEN).order_by("pk")
    for each in waiting.filter(asked_at__lt=story.instant - timedelta(hours=7)):
        inspections.answer_help(each, by=story.office, answer=story.random.choice(TEXTS["answers"]))


# --- what lower bodies say --------------------------------------------------------------------------------------


def _file_self_reports(story, told):
    for name, said in told["problems_found"].items():
        area = country.area(story.told["lower_bodies"][name])
        body = story.cast.body(name, "lower", area)
        by = story.cast.liaison(body, story.operation)
        self_reports.file_self_report(story.operation, body, {"problems_found": said}, by=by)
