"""Small pictures drawn on the server as SVG, without a style attribute: the days behind a figure, the clock bar, a QR code."""

from datetime import timedelta

import segno
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from .spelling import span_text

SPARK_WIDE, SPARK_TALL = 112, 52
GAUGE_WIDE = 380


def spark(values, label) -> str:
    """One bar for each value, oldest first, the last one dark; a missing day leaves its place empty."""
    values = list(values)
    if not any(values):
        return ""
    top = max(value or 0 for value in values)
    step = SPARK_WIDE / len(values)
    bars = "".join(
        f'<rect x="{step * at + step * 0.125:.1f}" y="{SPARK_TALL - tall:.1f}" width="{step * 0.75:.1f}" height="{tall:.1f}"/>'
        for at, tall in ((at, (SPARK_TALL - 4) * (value or 0) / top) for at, value in enumerate(values))
    )
    told = _("%(label)s：%(values)s") % {
        "label": label,
        "values": "、".join("—" if v is None else str(v) for v in values),
    }
    return format_html(
        '<svg class="dz-spark" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        SPARK_WIDE, SPARK_TALL, told, mark_safe(bars),
    )  # fmt: skip


def gauge_pieces(started_at, due_at, at, pauses=()):
    """The clock bar as (class, from, to) in parts of its length, 0 to 1, in the order of time.

    `pauses` are (from, to) pairs, to=None while paused. Used is blue, paused grey, what is past the instant red.
    """
    end = max(due_at, at)
    whole = (end - started_at) / timedelta(seconds=1)
    if whole <= 0:
        return []

    def along(instant):
        return min(1.0, max(0.0, (instant - started_at) / timedelta(seconds=1) / whole))

    pieces, reached = [], started_at
    for held_from, held_to in sorted(pauses, key=lambda pause: pause[0]):
        held_from, held_to = max(held_from, reached), min(held_to or at, at)
        if held_to > held_from:
            pieces += [("used", along(reached), along(held_from)), ("held", along(held_from), along(held_to))]
            reached = held_to
    pieces.append(("used", along(reached), along(min(at, max(due_at, reached)))))
    if at > due_at:
        pieces.append(("over", along(max(due_at, reached)), 1.0))
    return [piece for piece in pieces if piece[2] > piece[1]]


def gauge(started_at, due_at, at, pauses=()) -> str:
    """The clock bar of one thing: what is used, what was paused, what is left, with the same in words for the ear."""
    pieces = gauge_pieces(started_at, due_at, at, pauses)
    bars = "".join(
        f'<rect class="{kind}" x="{start * GAUGE_WIDE:.1f}" width="{(end - start) * GAUGE_WIDE:.1f}" height="12"/>'
        for kind, start, end in pieces
    )
    held = sum(((held_to or at) - held_from for held_from, held_to in pauses), timedelta())
    told = [_("已用 %(span)s") % {"span": span_text(at - started_at - held)}]
    if held:
        told.append(_("暂停 %(span)s") % {"span": span_text(held)})
    template = _("超期 %(span)s") if at > due_at else _("还剩 %(span)s")
    told.append(template % {"span": span_text(due_at - at)})
    return format_html(
        '<svg class="dz-gauge" viewBox="0 0 {0} 12" preserveAspectRatio="none" role="img" aria-label="{1}">'
        '<rect class="bg" width="{0}" height="12"/>{2}</svg>',
        GAUGE_WIDE, _("，").join(told), mark_safe(bars),
    )  # fmt: skip


def qr(text, label) -> str:
    """A QR code of `text`, error correction M, as one path in the colour of ink."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    edge = 4
    size = len(rows) + 2 * edge
    path = "".join(
        f"M{x + edge} {y + edge}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return format_html(
        '<svg class="dz-qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">'
        '<rect class="bg" width="{0}" height="{0}"/><path d="{2}"/></svg>',
        size, label, path,
    )  # fmt: skip
