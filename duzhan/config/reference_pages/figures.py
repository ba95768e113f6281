"""The figures that may be asked for, from the catalogue."""

from duzhan.insight.figures.catalogue import FIGURES, Distinct, Flow, Overdue, Share, Stock

from .writing import both, code, page, table

COUNTS = {
    Flow: lambda counts: "events " + ", ".join(map(code, counts.kinds)),
    Distinct: lambda counts: f"different values of `{counts.of}` in {code(counts.kind)}",
    Stock: lambda counts: f"`{counts.subject_kind}` standing in " + ", ".join(map(code, sorted(counts.stages))),
    Overdue: lambda counts: f"{COUNTS[Stock](counts)}, past the deadline, the clock running",
    Share: lambda counts: (
        f"`{counts.n}` of `{counts.of}`" + (f", of `{counts.fallback}` where that is 0" if counts.fallback else "")
    ),
}


def text() -> str:
    rows = []
    for figure in FIGURES:
        (label, english), (meaning, in_english) = both(figure.label), both(figure.meaning)
        counted = COUNTS[type(figure.counts)](figure.counts) + (f", topic `{figure.topic}…`" if figure.topic else "")
        rows.append((code(figure.key), label, english, figure.counts.word, counted, f"{meaning} {in_english}"))
    return page(
        "Figures", INTRODUCTION, table(["key", "中文", "English", "sort", "counted from", "in words"], rows), RULES
    )


INTRODUCTION = (
    "One catalogue serves every page, report, export and the API. A *flow* adds up what happened, a *stock* is how many "
    "stand somewhere at an instant, a *distinct* count takes each thing once, a *ratio* is always shown with both of its "
    "parts."
)
RULES = """## What always holds

- Handed over = rectified + in progress, and closed ≤ rectified ≤ handed over ≤ found. A report with a sum that does not
  hold cannot be frozen.
- Each figure can be asked *as of* an instant and as it was *known at* an instant, and opens to the records behind it.
- Figures count everything in the slice, also records that the reader may not open; those are shown masked."""
