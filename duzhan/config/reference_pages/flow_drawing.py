"""The stages of a problem and the moves between them, drawn as SVG with nothing but arithmetic."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from duzhan.supervision.problems.flow import COUNTED, MOVES, Stage

from .writing import both

WIDE, TALL, GAP, LINE = 132, 52, 68, 112  # a box, the space between two, where the row of boxes begins
STEP = 34  # how much higher an arc goes for each box that it passes over
HALO = 'stroke="#ffffff" stroke-width="4" paint-order="stroke" '  # words stay readable where they cross a line
INK, QUIET, GROUND, PAPER = "#18202c", "#465163", "#e9eff8", "#ffffff"


@dataclass(frozen=True)
class Box:
    """One stage on the sheet."""

    stage: str
    x: int
    y: int

    @property
    def middle(self):
        return self.x + WIDE // 2

    def drawn(self):
        zh, en = both(Stage(self.stage).label)
        return (
            f'<rect x="{self.x}" y="{self.y}" width="{WIDE}" height="{TALL}" rx="3" fill="{GROUND}" stroke="{QUIET}"/>'
            + _words(self.middle, self.y + 23, zh, 16, INK, "600")
            + _words(self.middle, self.y + 41, en, 12, QUIET)
        )


def drawing() -> str:
    """The whole picture, as an SVG document."""
    row = [stage for stage in Stage.values if stage in COUNTED]
    boxes = {stage: Box(stage, 8 + n * (WIDE + GAP), LINE) for n, stage in enumerate(row)}
    wide = 16 + len(row) * (WIDE + GAP) - GAP
    below = LINE + TALL + 172
    gone = [stage for stage in Stage.values if stage not in COUNTED]
    boxes |= {stage: Box(stage, 8 + 2 * n * (WIDE + GAP), below) for n, stage in enumerate(gone)}
    lines = [_arc(boxes[start], boxes[end], row, words) for (start, end), words in _steps(row).items()]
    lines += [_gone(boxes[stage]) for stage in gone]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {below + TALL + 8}" font-family="sans-serif">'
        f'<title>{escape("Stages of a problem")}</title><defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" '
        f'markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="{QUIET}"/></marker></defs>'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>'
        + "".join(path for path, _words in lines)
        + "".join(words for _path, words in lines)
        + "".join(box.drawn() for box in boxes.values())
        + "</svg>\n"
    )


def _steps(row) -> dict:
    """The words on each arrow between two stages in the count: {(from, to): words}."""
    found = {}
    for move in MOVES.values():
        for start in move.start if move.end in row else ():
            found.setdefault((str(start), str(move.end)), []).append(" ".join(both(move.label)))
    order = {step: (row.index(step[0]), row.index(step[1])) for step in found}
    return {step: " · ".join(found[step]) for step in sorted(found, key=order.get)}


def _arc(start, end, row, words):
    """To the next stage straight; over others in an arc above; back in an arc below; to itself in a loop below."""
    passed = row.index(end.stage) - row.index(start.stage)
    if passed == 1:
        return _path(f"M{start.x + WIDE} {LINE + 26}H{end.x - 2}"), _label(
            (start.x + WIDE + end.x) / 2, LINE - 8, words
        )
    side, from_y = (-1, LINE) if passed > 0 else (1, LINE + TALL)
    reach = max(1, abs(passed) - (passed > 0)) * STEP + 24
    leave, arrive = (28, -28) if passed > 0 else (-20, 34 + 18 * passed) if passed else (-58, -40)
    start_x, end_x, top = start.middle + leave, end.middle + arrive, from_y + side * reach
    path = f"M{start_x} {from_y}C{start_x} {top} {end_x} {top} {end_x} {from_y + side * 2}"
    at = from_y + side * reach * 0.75 + (14 if side > 0 else -5)
    return _path(path), _label((start_x + end_x) / 2, at, words)


def _gone(box):
    """What leaves the count, and from where."""
    moves = [move for move in MOVES.values() if move.end == box.stage]
    told = [" ".join(both(move.label)) for move in moves]
    starts = [stage for stage in Stage.values if any(stage in move.start for move in moves)]
    words = f"{' · '.join(told)} ← {', '.join(both(Stage(stage).label)[0] for stage in starts)}"
    return "", _label(box.x, box.y - 10, words, "start")


def _path(line):
    return f'<path d="{line}" fill="none" stroke="{QUIET}" stroke-width="1.5" marker-end="url(#head)"/>'


def _label(x, y, words, anchor="middle"):
    return _words(x, y, words, 12, INK, anchor=anchor, halo=HALO)


def _words(x, y, text, size, colour, weight="400", anchor="middle", halo=""):
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}" fill="{colour}" {halo}'
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
