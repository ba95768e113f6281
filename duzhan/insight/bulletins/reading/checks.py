"""验算: the arithmetic between the figures of one text, and between two texts of the same body (M43 leaves the verdict
to a person).

Handed over = rectified + in progress; a part is at most its whole; a stated rate is its part of its whole, rounded
half up to the decimals it is written with. Fuzzy figures (余, 近, 多) are held to one part in ten, not to the digit.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from msgspec import Struct

# Whole and parts that make it up exactly.
SUMS = (
    ("problems_handed_over", ("problems_rectified", "problems_in_progress")),
    ("problems_found", ("problems_rectified", "problems_in_progress")),
)
# Each at most the next.
CHAINS = (
    ("problems_closed", "problems_rectified", "problems_handed_over", "problems_found"),
    ("demands_resolved", "problems_handed_over", "demands_received"),
    ("people_disciplined", "people_accountable"),
)
# What a rate may be the rate of: part, then wholes in the order they are tried.
RATED = (
    ("problems_rectified", ("problems_handed_over", "problems_found")),
    ("problems_closed", ("problems_handed_over", "problems_found")),
    ("demands_resolved", ("problems_handed_over", "demands_received")),
)
# Stocks may fall; what adds up over time may not.
STOCKS = frozenset(
    "groups_formed people_assigned volunteers sampling_points medical_staff problems_in_progress rectification_rate".split()
)
FUZZY = Decimal("0.1")


class Check(Struct, frozen=True, gc=False):
    """One relation the figures should keep: as a sentence, whether it holds, and the indices of the figures."""

    text: str
    holds: bool
    figures: tuple[int, ...]


def within(figures: Sequence, groups: Sequence, parts: Sequence[bool]) -> list[Check]:
    """The checks of one text. `groups[k]`: which figures are told together; `parts[k]`: told as part of one before."""
    told = defaultdict(list)
    for k, (figure, group) in enumerate(zip(figures, groups, strict=True)):
        if figure.type != "other":
            told[group].append(k)
    checks = []
    for together in told.values():
        if len(together) == 1:
            continue  # as most are told
        kinds = defaultdict(list)
        for k in together:
            kinds[figures[k].type].append(k)
        exact = _sums(figures, kinds) + _parts(figures, kinds) + _rates(figures, kinds)
        checks += exact + _chains(figures, kinds, parts, {k for check in exact for k in check.figures})
    return checks


def between(earlier: Sequence, later: Sequence) -> list[Check]:
    """No cumulative figure of the same body falls from one text to the next; indices are those of the later text."""
    before = {(figure.scope, figure.type): figure for figure in earlier if figure.type not in STOCKS}
    checks = []
    for k, figure in enumerate(later):
        old = before.get((figure.scope, figure.type))
        if old is None or figure.type == "other":
            continue
        fell = figure.value < old.value and not (_fuzzy(figure, old) and _near(figure.value, old.value))
        checks.append(Check(f"{_said(figure)} ≥ {_said(old)}", not fell, (k,)))
    return checks


def _sums(figures, kinds):
    for whole, parts in SUMS:
        if whole in kinds and all(part in kinds for part in parts):
            indices = (kinds[whole][0], *(kinds[part][0] for part in parts))
            return [_equation(figures, indices)]
    return []


def _parts(figures, kinds):
    """127件，办结63件，阶段性办结64件; 1768.3万件，其中32.2万件、71.5万件、1664.6万件: parts that make up the whole."""
    found = []
    for whole, part in (("problems_handed_over", "demands_resolved"), *((kind, kind) for kind in kinds)):
        if whole not in kinds or len(kinds.get(part, ())) < 2:
            continue
        first = kinds[whole][0]
        rest = [k for k in kinds[part] if k > first]
        if len(rest) > 1 and _near_sum(figures, first, rest):
            found.append(_equation(figures, (first, *rest)))
    return found


def _near_sum(figures, first, rest):
    total = sum(figures[k].value for k in rest)
    return total and abs(total - figures[first].value) <= 0.005 * figures[first].value


def _equation(figures, indices):
    whole, *parts = (figures[k] for k in indices)
    total, fuzzy = sum(part.value for part in parts), _fuzzy(whole, *parts)
    holds = whole.value == total or fuzzy and _near(whole.value, total)
    sign = "≈" if fuzzy and whole.value != total else "="
    return Check(f"{_said(whole)} {sign} {' + '.join(map(_said, parts))}", holds, indices)


def _rates(figures, kinds):
    checks = []
    for k in kinds.get("rectification_rate", ()):
        for part, wholes in RATED:
            pair = _pair(figures, kinds, part, wholes, k)
            if pair:
                checks.append(_rate(figures, pair, k))
                break
    return checks


def _pair(figures, kinds, part, wholes, k):
    """The part told last before the rate, and the whole told last before the part."""
    parts = [i for i in kinds.get(part, ()) if i < k] or kinds.get(part, [])
    for whole in wholes:
        above = [i for i in kinds.get(whole, ()) if parts and i < parts[-1]] or kinds.get(whole, [])
        if parts and above and figures[above[-1]].value:
            return parts[-1], above[-1]
    return None


def _rate(figures, pair, k):
    part, whole, rate = figures[pair[0]], figures[pair[1]], figures[k]
    stated = Decimal(str(rate.value))
    exact = Decimal(str(part.value)) * 100 / Decimal(str(whole.value))
    told = exact.quantize(Decimal(1).scaleb(stated.as_tuple().exponent), ROUND_HALF_UP)
    holds = told == stated or bool(_fuzzy(part, whole, rate)) and _near(stated, exact)
    text = f"{_said(part)} / {_said(whole)} = {_plain(told)}%"
    return Check(text if holds else f"{text}，文中为{_plain(stated)}%", holds, (*pair, k))


def _chains(figures, kinds, parts, said):
    checks = []
    for chain in CHAINS:
        for part, whole in pairwise(kind for kind in chain if kind in kinds):
            pair = kinds[part][0], kinds[whole][0]
            apart = (
                part == "people_disciplined" and not parts[pair[0]]
            )  # 处分 beside 问责: two counts, not one in the other
            if not apart and not said.issuperset(pair):
                small, large = figures[pair[0]], figures[pair[1]]
                holds = small.value <= large.value or bool(_fuzzy(small, large)) and _near(small.value, large.value)
                checks.append(Check(f"{_said(small)} ≤ {_said(large)}", holds, pair))
    return checks


def _fuzzy(*figures):
    return any(figure.approx for figure in figures)


def _near(one, other):
    one, other = Decimal(str(one)), Decimal(str(other))
    return abs(one - other) <= FUZZY * max(abs(one), abs(other))


def _said(figure):
    return _plain(figure.value) + (figure.approx if figure.approx in ("余", "多") else "")


def _plain(value):
    return f"{value:f}" if isinstance(value, Decimal) else f"{value:g}" if isinstance(value, float) else str(value)
