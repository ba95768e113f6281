"""The board as its pages print it: every word, number and address; the templates decide nothing."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from duzhan.base.clock.instants import now as clock_now
from duzhan.base.ui.spelling import (
    Left,
    day_text,
    field_instant,
    in_english,
    signed_text,
    time_left,
    time_of_day,
    weekday_text,
)
from duzhan.insight.figures.queries import CATALOGUE, SUMMARY
from duzhan.places.models import Area
from duzhan.supervision.problems.flow import Stage, moves_for, stage_word

from .queries import Board, day_of_response

STEPS = {Stage.HANDED_OVER: 2, Stage.ACCEPTED: 3}
MOST_TILES, MOST_NAMED = 40, 6
WALL_ROWS, WALL_TILES = 9, 12


# --- addresses --------------------------------------------------------------------------------------------------


def records_url(board: Board, key, area="") -> str:
    """The records behind a number, as of the same two instants."""
    asked = {"as_of": board.told.as_of.isoformat(), "known_at": board.told.known_at.isoformat()}
    return f"{reverse('figure-records', args=[key])}?{urlencode(asked | ({'area': area} if area else {}))}"


# --- the head ---------------------------------------------------------------------------------------------------


def head(board: Board) -> dict:
    """The day, what is on duty, and in a sentence which moment this is."""
    operation, moment = board.operation, board.moment
    on = moment.as_of.astimezone(operation.tz).date()
    this_year = clock_now().astimezone(operation.tz).year == on.year
    return {
        "day": day_text(on, with_year=not this_year),
        "weekday": weekday_text(on),
        "context": " · ".join(_context(board)),
        "as_of": time_of_day(moment.as_of, operation) if moment.is_now else field_instant(moment.as_of, operation),
        "known_at": field_instant(moment.known_at, operation) if moment.is_asked else "",
        "says": _says(board),
        "clock": f"{day_text(on)} {time_of_day(board.at, operation)}",
    }


def _context(board):
    groups, people = board.told["groups_formed"], board.told["people_assigned"]
    yield _("响应第 %(n)s 天") % {"n": day_of_response(board.operation, board.moment.as_of)}
    yield ngettext("%(n)s 个督导组", "%(n)s 个督导组", groups) % {"n": groups}
    yield ngettext("%(n)s 人在岗", "%(n)s 人在岗", people) % {"n": people}


def _says(board):
    """Why these are not the numbers of this instant; "" where they are."""
    is_demo = board.moment.kind == "last_day" and board.operation.is_demo
    return _("示例行动，显示其最后一日") if is_demo else str(WHY[board.moment.kind])


WHY = {
    "now": "",
    "asked": gettext_lazy("不是此刻的数字"),
    "last_day": gettext_lazy("已停止更新，显示其最后一日"),
    "ended": gettext_lazy("行动已结束，显示结束时的数字"),
}


# --- the four figures -------------------------------------------------------------------------------------------


def tiles(board: Board) -> list[dict]:
    return [_tile(board, key) for key in SUMMARY]


def _tile(board, key):
    is_stock = key == "problems_in_progress"
    days = [max(day.values[key] if is_stock else day.changes[key], 0) for day in board.days]
    late = board.told["problems_overdue"] if is_stock else 0
    return {
        "label": CATALOGUE[key].label,
        "unit": CATALOGUE[key].unit,
        "value": board.told[key],
        "url": records_url(board, key),
        "note": _("每日存量") if is_stock else _("每日"),
        "days": days,
        "days_label": _("近 %(n)s 日") % {"n": len(days)},
        "delta": " · ".join(
            filter(None, (_delta(board, key, is_stock), _rate(board) if key == "problems_rectified" else ""))
        ),
        "late": _("其中超期 %(n)s 个") % {"n": late} if late else "",
    }


def _delta(board, key, is_stock):
    change = {"change": signed_text(board.days[-1].changes[key])}
    if is_stock:
        return (_("较昨日 %(change)s") if board.moment.is_now else _("较前一日 %(change)s")) % change
    return (_("今日 %(change)s") if board.moment.is_now else _("当日 %(change)s")) % change


def _rate(board):
    rate = board.told["rectification_rate"]
    return _("整改率 %(rate)s = %(n)s / %(of)s") % {"rate": rate.text, "n": rate.n, "of": rate.N} if rate else ""


def identity(board: Board) -> dict:
    """交办 = 已整改 + 正在整改, and where a broken one opens."""
    first = board.told.identities[0]
    return {
        "whole": first.whole, "parts": first.parts, "words": first.words, "holds": first.holds,
        "difference": first.difference, "url": reverse("figure-list"),
    }  # fmt: skip


def waiting(board: Board, many) -> list[dict]:
    """What waits for the office and for a verifier: text, and where it opens unless a past moment is looked at."""
    rows = [
        ("found", _("%(n)s 个待交办") % {"n": many[Stage.FOUND]}),
        ("rectified", _("%(n)s 个待核验") % {"n": many[Stage.RECTIFIED]}),
    ]
    ledger = reverse("problem-list")
    return [
        {"text": text, "url": "" if board.moment.is_asked else f"{ledger}?{urlencode({'stage': stage})}"}
        for stage, text in rows
    ]


# --- what is in progress ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One problem in progress as the list shows it."""

    number: str
    title: str
    url: str
    unit: str
    group: str
    word: str
    step: int
    is_back: bool
    is_late: bool
    left: Left
    move: str = ""
    move_url: str = ""
    since: str = ""  # where it stands today, when that is no longer in progress


def lines(board: Board, person=None) -> list[Line]:
    """The most urgent first; for a person with the move that is likeliest now."""
    return [_line(each, board.moment.as_of, person) for each in board.going.lines]


def _line(each, at, person):
    problem = each.problem
    move = likeliest(person, problem) if person else None
    return Line(
        number=problem.number,
        title=problem.title,
        url=reverse("problem", args=[problem.pk]),
        unit=str(problem.unit or ""),
        group=str(problem.group or ""),
        word=stage_word(each.stage, each.is_sent_back),
        step=STEPS[each.stage],
        is_back=each.is_sent_back,
        is_late=each.is_late(at),
        left=time_left(each.due_at, at=at, paused_at=each.paused_at),
        move=str(move.label) if move else "",
        move_url=reverse("problem-move", args=[problem.pk, move.name]) if move else "",
        since="" if problem.is_in_progress else str(Stage(problem.stage).label),
    )


def likeliest(person, problem):
    """The move that this person will most likely make with a problem in progress; None where none is open."""
    if not problem.is_in_progress:
        return None
    open_ = {move.name: move for move in moves_for(person, problem)}
    wanted = ["accept", "report_rectified", "press"]
    wanted[:0] = [name for name, is_so in (("extend", problem.asked_due_at), ("resume", problem.paused_at)) if is_so]
    return next((open_[name] for name in wanted if name in open_), None)


def unnamed(board: Board) -> str:
    """How many of those in progress are not named here, and why."""
    many = board.going.unnamed
    return _("另有 %(n)s 个不在您可看的范围内，只计数。") % {"n": many} if many else ""


def mine(waiting_rows, many, board: Board, late) -> dict:
    """What is wanted of an inspector: first what to verify, then what is late in their area."""
    rows = [
        {
            "verb": _("核验"), "title": each.title, "url": reverse("problem", args=[each.pk]),
            "note": f"{each.number} · {each.unit}",
            "left": time_left(None, at=clock_now(), waiting_since=each.rectified_at),
        }
        for each in waiting_rows
    ]  # fmt: skip
    rows += [
        {
            "verb": _("督办"),
            "title": each.title,
            "url": each.url,
            "note": f"{each.number} · {each.unit}",
            "left": each.left,
        }
        for each in late
    ]
    total = many + board.told["problems_overdue"]
    return {
        "rows": rows,
        "total": total,
        "total_text": ngettext("%(n)s 件", "%(n)s 件", total) % {"n": total},
        "more": [
            {"text": _("全部待核验"), "url": f"{reverse('problem-list')}?stage=rectified"},
            {"text": _("全部超期"), "url": f"{reverse('problem-list')}?due=overdue"},
        ],
    }


# --- the day in pictures ----------------------------------------------------------------------------------------


def trend(board: Board) -> dict:
    """Handed over and rectified on each day, as bars with their table."""
    keys = ("problems_handed_over", "problems_rectified")
    return {
        "caption": _("每日交办与整改"),
        "names": [_("当日交办"), _("当日整改")],
        "rows": [{"label": _day(day.on), "values": [day.changes[key] for key in keys]} for day in board.days],
    }


def _day(on):
    return day_text(on) if in_english() else _("%(day)s日") % {"day": on.day}


def areas(board: Board) -> dict:
    """The areas as tiles, and their table: in progress and handed over, the late ones marked."""
    named, idle, rest = _parted(board)
    levels = {share.area.level for share in named}
    return {
        "head": str(Area.Level(levels.pop()).label) if len(levels) == 1 else _("区域"),
        "is_shown": len(named) > 1,  # one area alone says what the figures above say
        "tiles": [_area(board, share) for share in _busiest(named, MOST_TILES)],
        "value_head": _("正在整改"),
        "total_head": pgettext("column", "交办"),
        "caption": _("各区域正在整改和交办的问题"),
        "rest": " ".join(filter(None, (_rest(rest), _idle(idle)))),
        "key": [{"text": "0", "kind": "m0"}, {"text": "1", "kind": "m1"}, {"text": _("2 以上"), "kind": "m2"}],
    }


def _parted(board):
    """The areas in which something was done, those in which nothing was, and the figures of what lies in none."""
    areas = [share for share in board.areas if share.area]
    active = [share for share in areas if not share.is_idle] or areas
    rest = [share.values for share in board.areas if share.area is None]
    return active, [share for share in areas if share not in active], rest


def _idle(shares):
    names = _("、").join(share.area.short_name or share.area.name for share in shares[:MOST_NAMED])
    more = _("等 %(n)s 个区域") % {"n": len(shares)} if len(shares) > MOST_NAMED else ""
    return _("还没有走访：%(names)s。") % {"names": f"{names}{more}"} if shares else ""


def _busiest(shares, most):
    """All of them in their order, or of too many those with the most to do."""
    if len(shares) <= most:
        return shares
    chosen = sorted(shares, key=_weight, reverse=True)[:most]
    return [share for share in shares if share in chosen]


def _weight(share):
    keys = ("problems_overdue", "problems_in_progress", "problems_handed_over", "inspections")
    return tuple(share.values[key] for key in keys)


def _area(board, share):
    area, values = share.area, share.values
    return {
        "name": area.short_name or area.name, "value": values["problems_in_progress"],
        "total": values["problems_handed_over"], "late": values["problems_overdue"], "lat": share.lat, "lon": share.lon,
        "url": records_url(board, "problems_in_progress" if values["problems_in_progress"] else "problems_handed_over", area.code),
    }  # fmt: skip


def _rest(rest):
    """What lies in no area below."""
    numbers = [(values["problems_in_progress"], values["problems_handed_over"]) for values in rest]
    told = [
        _("不在以上区域的：正在整改 %(now)s，交办 %(all)s。") % {"now": now, "all": all_}
        for now, all_ in numbers
        if all_
    ]
    return "".join(told)


def wall_areas(board: Board) -> dict:
    """The table of the wall: as many lines as it has room for, the rest of the areas added up in the last."""
    named, _idle_ones, _none = _parted(board)
    busiest = _busiest(named, WALL_ROWS if len(named) <= WALL_ROWS else WALL_ROWS - 1)
    rest = [share for share in board.areas if share not in busiest]
    rows = [(share.area.short_name or share.area.name, share.values) for share in busiest]
    if not all(share.is_idle for share in rest):
        rows.append((_("其余"), {key: sum(share.values[key] for share in rest) for key in rest[0].values}))
    return {
        "rows": [
            {"name": name, "numbers": [values[key] for key in SUMMARY], "late": values["problems_overdue"]}
            for name, values in rows
        ],
        "heads": [_("走访"), pgettext("column", "交办"), _("已整改"), _("在整改")],
        "tiles": [_area(board, share) for share in _busiest(named, WALL_TILES)],
    }


def freshness(board: Board) -> str:
    """When the newest thing happened that is counted here."""
    newest = board.moment.newest_at
    return _("最近一次登记 %(at)s") % {"at": field_instant(newest, board.operation)[5:]} if newest else _("还没有登记")
