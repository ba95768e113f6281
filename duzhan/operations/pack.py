"""Domain packs: the words of one kind of emergency, read from TOML files and checked (ARCHITECTURE §1.5).

A pack is a folder: `pack.toml` names it, each other file is one vocabulary. Codes are stable and go into the ledger;
the words beside them may change at any time. A folder of the same name under `DUZHAN_DATA_DIR/packs/` goes before
the one that comes with the product.
"""

import re
import tomllib
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from typing import get_origin

from django.conf import settings
from django.utils.translation import gettext as _

from duzhan.base.clock import deadlines
from duzhan.base.errors import BadInput

from . import vocabulary as words
from .vocabulary import Deadlines, Head, Pack, Question, QuestionList
from .wording import Frame, Instant, Part, Sentence, Wording, placeholders

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")

VOCABULARIES = {
    "fields": words.Term,
    "causes": words.Cause,
    "classes": words.Klass,
    "responsibilities": words.Responsibility,
    "place_kinds": words.Term,
    "focuses": words.Term,
    "methods": words.Method,
    "group_kinds": words.Term,
    "clause_books": words.Term,
    "clauses": words.Clause,
    "measures": words.Measure,
    "duties": words.Duty,
    "zone_statuses": words.Term,
    "levels": words.Term,
}

LINKS = (  # vocabulary, its attribute that holds a code, the vocabulary that the code is from
    ("causes", "klass", "classes"),
    ("clauses", "book", "clause_books"),
)

QUESTION_LINKS = (("field", "fields"), ("cause", "causes"), ("klass", "classes"), ("clause", "clauses"))


@cache
def load(name: str) -> Pack:
    """The domain pack `name`, read once and kept; `load.cache_clear()` reads it anew.

    Raises BadInput when there is no such pack, or saying in which file and at which key it is wrong.
    """
    folder = _folder(name)
    head = _made(folder, "pack.toml", "", Head, _read(folder, "pack.toml"))
    pack = Pack(
        **vars(head),
        **{each: _vocabulary(folder, f"{each}.toml", kind) for each, kind in VOCABULARIES.items()},
        deadlines=_deadlines(folder),
        questions={path.stem: _question_list(folder, path) for path in sorted((folder / "questions").glob("*.toml"))},
        wording=_wording(folder),
    )
    _check_links(folder, pack)
    return pack


def available() -> list[str]:
    """Names of the packs that are there."""
    return sorted({path.parent.name for root in _roots() for path in root.glob("*/pack.toml")})


@cache
def covert_methods() -> frozenset:
    """The ways of visiting that a unit is not told of (M40), in whatever pack; a pack that cannot be read has none."""
    return frozenset(code for name in available() for code, method in _methods(name).items() if method.is_covert)


def _methods(name):
    try:
        return load(name).methods
    except BadInput:
        return {}


def _roots():
    return (Path(settings.DUZHAN_DATA_DIR) / "packs", Path(settings.DUZHAN_PACKS_DIR))


def _folder(name):
    folders = [root / name for root in _roots() if CODE.match(name)]
    for folder in folders:
        if (folder / "pack.toml").is_file():
            return folder
    raise BadInput(_("没有领域包“%(name)s”。") % {"name": name[:40]}, field="pack")


def _wrong(folder, file, key, what):
    """What is wrong, where: `epidemic/fields.toml：[testing] 缺少 zh。`"""
    place = f"{folder.name}/{file}"
    sentence = _("%(file)s：[%(key)s] %(what)s") if key else _("%(file)s：%(what)s")
    return BadInput(sentence % {"file": place, "key": key, "what": what}, field="pack", file=place, key=key)


def _read(folder, file):
    try:
        return tomllib.loads((folder / file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _wrong(folder, file, "", _("缺少这个文件。")) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(folder, file, "", _("不是 TOML：%(error)s。") % {"error": error}) from None


def _keys(folder, file, key, table, needed, allowed=frozenset()):
    if not isinstance(table, dict):
        raise _wrong(folder, file, key, _("应是一张表。"))
    for missing in sorted(needed - table.keys()):
        raise _wrong(folder, file, key, _("缺少 %(name)s。") % {"name": missing})
    for extra in sorted(table.keys() - needed - allowed):
        raise _wrong(folder, file, key, _("不认识的键 %(name)s。") % {"name": extra})


def _made(folder, file, key, kind, table):
    """A dataclass from a table: the required keys are there, no others, each of its type, and no text empty."""
    known = {each.name: each for each in fields(kind)}
    given = {"code"} & known.keys()
    needed = {name for name, each in known.items() if each.default is MISSING} - given
    _keys(folder, file, key, table, needed, known.keys() - needed - given)
    for name, value in table.items():
        wanted = known[name].type
        if not _fits(value, wanted):
            raise _wrong(folder, file, key, _("%(name)s 的值类型不对。") % {"name": name})
        if wanted is str and name in needed and kind is not Frame and not value.strip():
            raise _wrong(folder, file, key, _("%(name)s 是空的。") % {"name": name})
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    return kind(**values, **({"code": key.rpartition(".")[2]} if given else {}))


def _fits(value, wanted):
    if wanted == tuple[str, ...]:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return type(value) is (get_origin(wanted) or wanted)


def _code(folder, file, key):
    if not CODE.match(key.rpartition(".")[2]):
        raise _wrong(folder, file, key, _("代码只用小写字母、数字和下划线，不超过 40 个字符。"))


def _vocabulary(folder, file, kind):
    terms = {}
    for code, table in _read(folder, file).items():
        _code(folder, file, code)
        terms[code] = _made(folder, file, code, kind, table)
    if not terms:
        raise _wrong(folder, file, "", _("词表是空的。"))
    return terms


def _due(folder, file, key, rule):
    try:
        deadlines.parse(rule)
    except BadInput as refused:
        raise _wrong(folder, file, key, refused.message) from None


def _deadlines(folder):
    file = "deadlines.toml"
    tables = _read(folder, file)
    _keys(folder, file, "", tables, {each.name for each in fields(Deadlines)})
    _due(folder, file, "default", tables["default"])
    for name in ("by_klass", "by_field", "by_klass_and_field"):
        _keys(folder, file, name, tables[name], set(), set(tables[name]))
        for key, rule in tables[name].items():
            _due(folder, file, f"{name}.{key}", rule)
    return Deadlines(**tables)


def _question_list(folder, path):
    file = f"questions/{path.name}"
    table = _read(folder, file)
    _code(folder, file, path.stem)
    asked = _made(folder, file, path.stem, QuestionList, {"questions": {}} | table)
    if not asked.questions or not asked.place_kinds:
        raise _wrong(folder, file, "questions", _("没有检查题，或没有点位类型。"))
    for code, table in asked.questions.items():
        asked.questions[code] = _question(folder, file, code, table)
    return asked


def _question(folder, file, code, table):
    key = f"questions.{code}"
    _code(folder, file, key)
    question = _made(folder, file, key, Question, table)
    if question.due:
        _due(folder, file, key, question.due)
    return question


def _wording(folder):
    file = "wording.toml"
    tables = _read(folder, file)
    _keys(folder, file, "", tables, {"instant", "sentences"})
    sentences = {}
    for name, table in tables["sentences"].items():
        key = f"sentences.{name}"
        _keys(folder, file, key, table, {"zh", "en", "parts"})
        sentences[name] = Sentence(
            zh=_made(folder, file, f"{key}.zh", Frame, table["zh"] | {}),
            en=_made(folder, file, f"{key}.en", Frame, table["en"] | {}),
            parts=tuple(_part(folder, file, f"{key}.parts", part) for part in table["parts"]),
        )
    return Wording(_made(folder, file, "instant", Instant, tables["instant"]), sentences)


def _part(folder, file, key, table):
    part = _made(folder, file, key, Part, table)
    try:
        alike = sorted(placeholders(part.zh)) == sorted(placeholders(part.en))
    except ValueError as error:
        raise _wrong(folder, file, key, _("花括号不配对：%(error)s。") % {"error": error}) from None
    if not alike:
        raise _wrong(folder, file, key, _("“%(zh)s”的中英文用了不同的数。") % {"zh": part.zh})
    return part


def _check_links(folder, pack):
    for vocabulary, attribute, target in LINKS:
        for code, term in getattr(pack, vocabulary).items():
            _check_link(folder, f"{vocabulary}.toml", code, getattr(term, attribute), getattr(pack, target))
    for asked in pack.questions.values():
        _check_questions(folder, pack, asked)
    for klass in pack.deadlines.by_klass:
        _check_link(folder, "deadlines.toml", "by_klass", klass, pack.classes)
    for field in pack.deadlines.by_field:
        _check_link(folder, "deadlines.toml", "by_field", field, pack.fields)
    for pair in pack.deadlines.by_klass_and_field:
        klass, _colon, field = pair.partition(":")
        _check_link(folder, "deadlines.toml", "by_klass_and_field", klass, pack.classes)
        _check_link(folder, "deadlines.toml", "by_klass_and_field", field, pack.fields)


def _check_link(folder, file, key, code, vocabulary):
    if code and code not in vocabulary:
        raise _wrong(folder, file, key, _("“%(code)s”不在词表中。") % {"code": code})


def _check_questions(folder, pack, asked):
    file = f"questions/{asked.code}.toml"
    for kind in asked.place_kinds:
        _check_link(folder, file, "place_kinds", kind, pack.place_kinds)
        if pack.questions_for(kind) is not asked:
            raise _wrong(folder, file, "place_kinds", _("点位类型 %(kind)s 已有另一张检查表。") % {"kind": kind})
    for question in asked.questions.values():
        for attribute, vocabulary in QUESTION_LINKS:
            code = getattr(question, attribute)
            _check_link(folder, file, f"questions.{question.code}", code, getattr(pack, vocabulary))
        tied = pack.causes[question.cause].klass
        if tied and tied != question.klass:
            raise _wrong(folder, file, f"questions.{question.code}", _("原因与类别不配。"))
