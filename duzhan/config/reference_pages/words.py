"""The glossary: every word that the product and its first pack use for the work, in both languages."""

from django.db.models import TextChoices

from duzhan.insight.figures.catalogue import FIGURES
from duzhan.operations import pack
from duzhan.supervision.problems.flow import MOVES

from .writing import both, code, first_sentence, page, table, words_of

HEADS = ["code", "中文", "English"]
PACK = "epidemic"


def lists_of_choices() -> dict:
    """Every list of choices of the product by its name, such as `problems.flow.Stage`."""
    found = {}
    for kind in TextChoices.__subclasses__():
        if kind.__module__.startswith("duzhan."):
            module = kind.__module__.removeprefix("duzhan.").removesuffix(".models").removesuffix(".flow")
            found[f"{module.rpartition('.')[2]}.{kind.__qualname__}"] = kind
    return dict(sorted(found.items()))


def text() -> str:
    moves = [(code(move.name), *both(move.label)) for move in MOVES.values()]
    figures = [(code(figure.key), *both(figure.label)) for figure in FIGURES]
    return page(
        "Words",
        "One word per thing, the same on buttons, in tables, letters and reports, in the API and in the ledger. The "
        "words of the trade come from a pack and may change at any time; their codes stay.",
        "## Moves of a problem", table(HEADS, moves),
        "## Figures", table(HEADS, figures),
        *_choices(),
        *_vocabularies(),
    )  # fmt: skip


def _choices():
    for name, kind in lists_of_choices().items():
        told = first_sentence(kind.__doc__) if kind.__doc__ and not kind.__doc__.startswith("An enumeration") else ""
        yield f"## `{name}`" + (f"\n\n{told}" if told else "")
        yield table(HEADS, words_of(kind.choices))


def _vocabularies():
    words = pack.load(PACK)
    for name in pack.VOCABULARIES:
        yield f"## Pack `{PACK}`: {name.replace('_', ' ')}"
        yield table(HEADS, [(code(term.code), term.zh, term.en) for term in getattr(words, name).values()])
