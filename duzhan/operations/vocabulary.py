"""The words of a pack once it is read: terms, check questions, deadlines and the pack that holds them."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput

from .wording import Wording


def _read_in(zh, en):
    return en if (get_language() or "zh").startswith("en") else zh


@dataclass(frozen=True, kw_only=True)
class Term:
    """A word of the trade: its code in the ledger, and what people read."""

    code: str
    zh: str
    en: str

    @property
    def label(self) -> str:
        """The word in the reader's language."""
        return _read_in(self.zh, self.en)

    def __str__(self):
        return self.label


@dataclass(frozen=True, kw_only=True)
class Cause(Term):
    """Why it came about; with `klass`, only in that class of problem (M49, M62)."""

    klass: str = ""


@dataclass(frozen=True, kw_only=True)
class Klass(Term):
    """What sort of fault; a restricted class is shown only to those with leave to see it (M50, M61, M62)."""

    is_restricted: bool = False


@dataclass(frozen=True, kw_only=True)
class Responsibility(Term):
    """One of the four parties, primary or regulatory (M15)."""

    duty: str


@dataclass(frozen=True, kw_only=True)
class Method(Term):
    """How a visit is made; whether the unit is told, and whether the visit itself is need-to-know (M39, M40)."""

    is_unannounced: bool = False
    is_covert: bool = False


@dataclass(frozen=True, kw_only=True)
class Clause(Term):
    """A clause that may be cited: its book and its number there (M22, M30)."""

    book: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Measure(Term):
    """A measure of accountability and the figure that it adds to (M69-M73)."""

    counted_as: str


@dataclass(frozen=True, kw_only=True)
class Duty(Term):
    """What somebody does at a point: a duty of the front line, or one of the point chief's five (M34, M85)."""

    of: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """A check question, and the problem that a "no" opens (M41)."""

    code: str
    zh: str
    en: str
    title_zh: str
    title_en: str
    field: str
    cause: str
    klass: str = "ordinary"
    clause: str = ""
    due: str = ""  # "": as the pack's deadlines say

    @property
    def label(self) -> str:
        return _read_in(self.zh, self.en)

    @property
    def title(self) -> str:
        """What the problem is called."""
        return _read_in(self.title_zh, self.title_en)


@dataclass(frozen=True, kw_only=True)
class QuestionList(Term):
    """检查表: the questions asked at some kinds of places; `version` grows when the questions change (M41)."""

    version: int
    place_kinds: tuple[str, ...]
    questions: dict[str, Question]


@dataclass(frozen=True)
class Deadlines:
    """整改时限: by when a problem is to be rectified, as a rule for `duzhan.base.clock.deadlines` (M31, M52, M53)."""

    default: str
    by_klass: dict[str, str]
    by_field: dict[str, str]
    by_klass_and_field: dict[str, str]

    def rule(self, klass: str, field: str) -> str:
        """The nearest rule, such as `2h` or `today 24:00`: class and field, then class, then field, then default."""
        return (
            self.by_klass_and_field.get(f"{klass}:{field}")
            or self.by_klass.get(klass)
            or self.by_field.get(field)
            or self.default
        )


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a pack is called, as its `pack.toml` says."""

    name: str
    version: str
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Pack(Head):
    """One pack, read and checked. Each vocabulary maps a code to its term, in the order of the file."""

    fields: dict[str, Term]
    causes: dict[str, Cause]
    classes: dict[str, Klass]
    responsibilities: dict[str, Responsibility]
    place_kinds: dict[str, Term]
    focuses: dict[str, Term]
    methods: dict[str, Method]
    group_kinds: dict[str, Term]
    clause_books: dict[str, Term]
    clauses: dict[str, Clause]
    measures: dict[str, Measure]
    duties: dict[str, Duty]
    zone_statuses: dict[str, Term]
    levels: dict[str, Term]
    deadlines: Deadlines
    questions: dict[str, QuestionList]
    wording: Wording

    def questions_for(self, place_kind: str) -> QuestionList | None:
        """The check list for a kind of place, None where there is none."""
        return next((each for each in self.questions.values() if place_kind in each.place_kinds), None)

    def label(self, vocabulary: str, code: str) -> str:
        """The word for a code; a code that has left the pack stands for itself."""
        term = getattr(self, vocabulary).get(code)
        return term.label if term else code

    def choices(self, vocabulary: str) -> list[tuple[str, str]]:
        """Codes and words of a vocabulary, for a form."""
        return [(code, term.label) for code, term in getattr(self, vocabulary).items()]

    def topic(self, klass: str, field: str, cause: str) -> str:
        """The three axes as the ledger counts them: `ordinary:testing:careless_measures`.

        Raises BadInput for a code that the pack does not have, or a cause of another class.
        """
        axes = (("klass", klass, "classes"), ("field", field, "fields"), ("cause", cause, "causes"))
        for part, code, vocabulary in axes:
            if code not in getattr(self, vocabulary):
                raise BadInput(_("“%(code)s”不在词表 %(list)s 中。") % {"code": code, "list": vocabulary}, field=part)
        tied = self.causes[cause].klass
        if tied and tied != klass:
            values = {"cause": self.causes[cause].label, "klass": self.classes[tied].label}
            raise BadInput(_("原因“%(cause)s”只用于“%(klass)s”类问题。") % values, field="cause")
        return f"{klass}:{field}:{cause}"
