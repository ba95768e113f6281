"""A sheet: everything a report says, counted from the ledger as of one instant and as known at another (M110, M111)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from duzhan.base.ledger.queries import ALL, Slice
from duzhan.base.ui.spelling import ratio_text
from duzhan.insight.figures import queries as figures
from duzhan.insight.figures.catalogue import CATALOGUE, SUMMARY
from duzhan.insight.figures.counting import Ratio
from duzhan.people.models import Body, Group
from duzhan.places.models import Area

from .self_reports import roll_up

LANGUAGES = ("zh", "en")
STATED = (*SUMMARY, "rectification_rate")  # what the first sentence states
COLUMNS = (*STATED,)  # of the tables by area and by group
SUMMED = ("problems_handed_over", "problems_rectified", "problems_in_progress")  # parts of these add up to the whole
CONTROL = ("inspections", "problems_handed_over", "sent_back", "relapses")  # 力度 (M82)
CARE = ("help_asked", "help_answered", "fixed_on_the_spot", "over_enforcement")  # 温度
NEW = ("inspections", "points_visited", "problems_handed_over", "problems_rectified")  # what is said of the day
LEADING, NAMED = 3, 5  # fields named as leading; units named as late


@dataclass(frozen=True)
class Check:
    """One thing that must hold before a report may be frozen."""

    words: str
    text: str
    holds: bool


@dataclass(frozen=True)
class Sheet:
    """What a report says. `figures`, `tables` and `sentence` are JSON, as `Report` keeps them.

    `tables`: level, areas, groups [{key, name, figures}], since (the cut-off before), new {key: change since},
    fields [{code, zh, en, n}], late {n, units}, control and care {key: [whole, change since]}, lower_bodies.
    """

    operation: object
    as_of: datetime
    known_at: datetime
    slice: Slice
    figures: dict
    tables: dict
    sentence: dict
    checks: list


def sheet(operation, as_of, known_at, slice=ALL) -> Sheet:
    """The sheet of an operation, or of the part of it that a reader may see."""
    told = figures.figures(operation, as_of=as_of, known_at=known_at, slice=slice)
    values, tables = as_json(told.values), _tables(operation, told, {"known_at": told.known_at, "slice": slice})
    sentence = _sentences(operation, told, tables)
    return Sheet(operation, told.as_of, told.known_at, slice, values, tables, sentence, checks(values, tables))


def as_json(values) -> dict:
    return {key: {"n": each.n, "N": each.N} if isinstance(each, Ratio) else each for key, each in values.items()}


def written(value) -> str:
    """A figure of a report as text: 282, 98.23%; — where there is none."""
    if isinstance(value, dict):
        return ratio_text(value["n"], value["N"])
    return "—" if value is None else str(value)


# --- checks -----------------------------------------------------------------------------------------------------


def checks(values, tables) -> list[Check]:
    """What must hold of a sheet: the identities of its figures, and that the parts of each table add up to the whole."""
    read = {key: Ratio(**each) if isinstance(each, dict) else each for key, each in values.items()}
    identities = [Check(each.words, each.text, each.holds) for each in figures.identities(read)]
    sums = [(tables["areas"], _("各区域之和 = 合计")), (tables["groups"], _("各组之和 = 合计"))]
    return [*identities, *(_sum(rows, words, values) for rows, words in sums if rows)]


def _sum(rows, words, values):
    parts = [(sum(row["figures"][key] for row in rows), values[key]) for key in SUMMED]
    text = " · ".join(f"{part} {'=' if part == whole else '≠'} {whole}" for part, whole in parts)
    return Check(words, text, all(part == whole for part, whole in parts))


# --- tables -----------------------------------------------------------------------------------------------------


def _tables(operation, told, when):
    level, areas = _areas(operation, told, when)
    before = before_of(operation, told.as_of)
    then = figures.figures(operation, as_of=before, keys=(*NEW, *CONTROL, *CARE), **when)
    return {
        "level": level,
        "areas": areas,
        "groups": _groups(operation, told, when),
        "since": before.isoformat(),
        "new": {key: _change(told, then, key) for key in NEW},
        "fields": _fields(operation, told, before, when),
        "late": _late(operation, told, when),
        "control": {key: [told[key], _change(told, then, key)] for key in CONTROL},
        "care": {key: [told[key], _change(told, then, key)] for key in CARE},
        "lower_bodies": _lower_bodies(operation, told, when, areas),
    }


def before_of(operation, as_of) -> datetime:
    """The last cut-off before an instant, but not before the operation began."""
    local = as_of.astimezone(operation.tz)
    cut = datetime.combine(local.date(), operation.cut_off, operation.tz)
    before = cut if cut < local else datetime.combine(local.date() - timedelta(days=1), operation.cut_off, operation.tz)
    return max(before, operation.started_at.astimezone(operation.tz))


def _change(now, then, key):
    return now[key] - then[key]


def _areas(operation, told, when):
    """The areas below the one asked for, a row for each; what lies in none of them stands in a row of its own."""
    within = when["slice"]
    top = within.area or operation.area_path
    children = list(Area.objects.filter(path__startswith=top, depth=len(top) // Area.steplen + 1).order_by("code"))
    children = [
        area for area in children if within.areas is None or any(_overlap(area.path, path) for path in within.areas)
    ]
    if not children:
        return "", []
    found = figures.by_area(operation, children, as_of=told.as_of, keys=COLUMNS, **when)
    rows = [_row(area.path, area.code, area.name, found[area.path]) for area in children]
    if any(isinstance(value, int) and value for value in found[""].values()):
        rows.append(_row("", "", "", found[""]))
    levels = {area.level for area in children}
    return levels.pop() if len(levels) == 1 else "", rows


def _row(key, code, name, values):
    return {"key": key, "code": code, "name": str(name), "figures": as_json(values)}


def _overlap(path, other):
    return path.startswith(other) or other.startswith(path)


def _groups(operation, told, when):
    found = figures.by_group(operation, as_of=told.as_of, keys=COLUMNS, **when)
    names = Group.objects.in_bulk(list(found))
    rows = [_row(pk, "", names[pk], found[pk]) for pk in sorted(found)]
    rest = {key: told[key] - sum(row["figures"][key] for row in rows) for key in SUMMED}
    if rows and any(rest.values()):
        rows.append(_row("", "", "", dict.fromkeys(COLUMNS) | rest))
    return rows


def _fields(operation, told, before, when):
    """What the newly handed over are about, the most frequent first."""
    now = figures.by_topic(operation, as_of=told.as_of, keys=("problems_handed_over",), **when)
    then = figures.by_topic(operation, as_of=before, keys=("problems_handed_over",), **when)
    new = {
        code: values["problems_handed_over"] - then.get(code, {"problems_handed_over": 0})["problems_handed_over"]
        for code, values in now.items()
    }
    terms = operation.words.fields
    return [
        {"code": code, "zh": terms[code].zh if code in terms else code, "en": terms[code].en if code in terms else code, "n": n}
        for code, n in sorted(new.items(), key=lambda each: (-each[1], each[0]))
        if n > 0
    ]  # fmt: skip


def _late(operation, told, when):
    if not told["problems_overdue"]:
        return {"n": 0, "units": []}
    found = figures.by_unit(operation, as_of=told.as_of, keys=("problems_overdue",), **when)
    names = {body.pk: str(body) for body in Body.objects.filter(pk__in=found)}
    return {"n": told["problems_overdue"], "units": [names[pk] for pk in sorted(found)]}


def _lower_bodies(operation, told, when, areas):
    if when["slice"] != ALL:
        return {}
    return roll_up(operation, told.as_of, told.known_at, {row["key"]: row["figures"] for row in areas if row["key"]})


# --- sentences --------------------------------------------------------------------------------------------------


def _sentences(operation, told, tables):
    """{language: {sentence: [[text, figure], …]}}, each put together by the pack's wording."""
    return {language: _in(language, operation, told, tables) for language in LANGUAGES}


def _in(language, operation, told, tables):
    wording = operation.words.wording
    said = {"summary": figures.pieces(told, operation, language, keys=STATED)}
    for name, stated in (
        ("today", _today(tables, language)),
        ("overdue", _overdue(tables, language)),
        ("lower_bodies", _self_reported(tables)),
    ):
        if name in wording.sentences:
            said[name] = wording.pieces(name, stated, language=language)
    return {name: [[piece.text, piece.figure] for piece in pieces] for name, pieces in said.items()}


JOINTS = {"zh": ("、", "（", "个）"), "en": (", ", " (", ")")}


def _today(tables, language):
    joint, opening, closing = JOINTS[language]
    leading = tables["fields"][:LEADING]
    return {
        "visits_today": tables["new"]["inspections"],
        "handed_over_today": tables["new"]["problems_handed_over"],
        "rectified_today": tables["new"]["problems_rectified"],
        "leading_fields": joint.join(f"{each[language]}{opening}{each['n']}{closing}" for each in leading) or None,
    }


def _overdue(tables, language):
    units = tables["late"]["units"]
    return {
        "problems_overdue": tables["late"]["n"],
        "units_overdue": JOINTS[language][0].join(units[:NAMED]) + ("…" if len(units) > NAMED else "") or None,
    }


def _self_reported(tables):
    found = tables["lower_bodies"].get("totals", {}).get("problems_found")
    return {
        "bodies_reporting": len(tables["lower_bodies"].get("rows", ())),
        "self_reported": found and found["text"],
    }


# --- the same, read back from a report --------------------------------------------------------------------------


def name_of(table, row) -> str:
    """What a row is called; that of the rest has no name of its own."""
    return row["name"] or (_("未落到下一级") if table == "areas" else _("未编组"))


def label_of(key) -> str:
    """What a figure is called in the reader's language."""
    return str(CATALOGUE[key].label) if key in CATALOGUE else key
