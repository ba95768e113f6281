"""Sentences of a report, put together from the pack's templates piece by piece, so that a page can link each number."""

import calendar
from dataclasses import dataclass
from datetime import datetime, time
from string import Formatter


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence; `figure` names the figure it states, "" where it is only words."""

    text: str
    figure: str = ""

    def __str__(self):
        return self.text


@dataclass(frozen=True)
class Part:
    """A stretch of a sentence and when it is said: `zero` and `nonzero` name figures that must, or must not, be 0."""

    zh: str
    en: str
    zero: tuple[str, ...] = ()
    nonzero: tuple[str, ...] = ()

    def is_said(self, figures) -> bool:
        needed = {*self.zero, *self.nonzero, *placeholders(self.zh)}
        return (
            all(figures.get(key) is not None for key in needed)
            and all(figures[key] == 0 for key in self.zero)
            and all(figures[key] != 0 for key in self.nonzero)
        )


@dataclass(frozen=True)
class Frame:
    """What stands around the parts of a sentence in one language."""

    opening: str
    joint: str
    close: str


@dataclass(frozen=True)
class Sentence:
    """One sentence of a report in both languages."""

    zh: Frame
    en: Frame
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Instant:
    """How the moment of a report is written: `zh` on the full hour, `zh_with_minute` otherwise."""

    zh: str
    zh_with_minute: str
    en: str

    def written(self, at: datetime, language="zh") -> str:
        """`11月25日18时` or `18:00 on 25 November`; `at` is already in the operation's time zone.

        The last instant of a day is its 24时.
        """
        hour, minute = (24, 0) if at.time() == time.max else (at.hour, at.minute)
        template = self.en if language == "en" else self.zh_with_minute if minute else self.zh
        return template.format(
            month=at.month,
            day=at.day,
            hour=hour,
            minute=minute,
            month_name=calendar.month_name[at.month],
        )


@dataclass(frozen=True)
class Wording:
    """报告用语: what the pack can say in a report (M111)."""

    instant: Instant
    sentences: dict[str, Sentence]

    def pieces(self, name: str, figures: dict, *, as_of: datetime | None = None, language="zh") -> list[Piece]:
        """The sentence `name` as pieces; its parts whose figures are missing are left out, and [] when none is said.

        `figures` maps keys of the catalogue of figures to numbers (or to text already written, such as `98.23%`);
        `as_of` is in the operation's time zone. Raises KeyError for a sentence that the pack does not have.
        """
        sentence = self.sentences[name]
        said = [getattr(part, language) for part in sentence.parts if part.is_said(figures)]
        if not said:
            return []
        frame = getattr(sentence, language)
        template = frame.opening + frame.joint.join(said) + frame.close
        known = figures | ({"as_of": self.instant.written(as_of, language)} if as_of else {})
        return list(_filled(template, known))

    def say(self, name: str, figures: dict, *, as_of: datetime | None = None, language="zh") -> str:
        """The sentence `name` as plain text: 截至11月25日18时,共走访点位641个,…"""
        return "".join(map(str, self.pieces(name, figures, as_of=as_of, language=language)))


def placeholders(template: str) -> list[str]:
    """The names in braces. Raises ValueError when the braces do not match."""
    return [name for _text, name, _spec, _conversion in Formatter().parse(template) if name is not None]


def _filled(template, known):
    for text, name, spec, _conversion in Formatter().parse(template):
        if text:
            yield Piece(text)
        if name is not None:
            yield Piece(format(known[name], spec), "" if name == "as_of" else name)
