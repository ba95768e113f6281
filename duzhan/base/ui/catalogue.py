"""What is said in English: finds every Chinese message in the code, the templates and the domain's own files, and
keeps `locale/en/LC_MESSAGES/django.po` in step. Chinese is what the code says, so Chinese needs no catalogue.

Messages are collected from `_()`, `gettext*()`, `ngettext*()`, `pgettext*()` in Python (Babel's reader), and from
`{% translate %}`, `{% blocktranslate %}` and `_("…")` in templates. A message without a Chinese character is somebody
else's (Django's, allauth's) and stays with them. A message that is gone from the code leaves the catalogue.
"""

import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils.text import smart_split
from django.utils.translation.template import trim_whitespace

CHINESE = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
INLINE = re.compile(r"""_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*\)""")
PLACEHOLDER = re.compile(r"%\((\w+)\)")


@dataclass(frozen=True)
class Message:
    """One message: `text` is a string, or singular and plural; `context` tells two meanings apart."""

    text: str | tuple[str, str]
    context: str | None = None
    places: list = field(default_factory=list, compare=False, hash=False)

    @property
    def first(self):
        return self.text if isinstance(self.text, str) else self.text[0]


def source_root() -> Path:
    """The folder of the product, which holds `locale`."""
    return Path(settings.LOCALE_PATHS[0]).parent


def catalogue_file() -> Path:
    return Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.po"


# ---------- finding ----------


def collect(root: Path | None = None) -> list[Message]:
    """Every Chinese message under `root` (the product), each once, with the files that say it, in their order."""
    root = root or source_root()
    found: dict[Message, Message] = {}
    for path in sorted(root.rglob("*")):
        read = READERS.get(path.suffix)
        if read is None or "migrations" in path.parts or "vendor" in path.parts or not path.is_file():
            continue
        place = path.relative_to(root.parent).as_posix()
        for message in read(path.read_text(encoding="utf-8")):
            if CHINESE.search(message.first):
                known = found.setdefault(message, message)
                if place not in known.places:
                    known.places.append(place)
    return list(found.values())


def python_messages(source: str):
    for _line, text, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        text = tuple(text) if isinstance(text, tuple | list) else text
        if text and all(text):
            yield Message(text, context)


def template_messages(source: str):
    """Messages of a template. Text in the tags is read as Django reads it, so that it is found again at run time."""
    tokens = iter(Lexer(source).tokenize())
    for token in tokens:
        if token.token_type == TokenType.BLOCK:
            words = list(smart_split(token.contents))
            if words[0] == "comment":
                _skip(tokens)
            elif words[0] in ("translate", "trans"):
                yield from _translated(words)
            elif words[0] in ("blocktranslate", "blocktrans"):
                yield _block(words, tokens)
                continue
        if token.token_type in (TokenType.BLOCK, TokenType.VAR):
            yield from (
                Message(_unescaped(double or single).replace("%", "%%"))
                for double, single in INLINE.findall(token.contents)
            )


def _skip(tokens):
    for token in tokens:
        if token.contents == "endcomment":
            return


def _translated(words):
    if len(words) > 1 and words[1][0] in "\"'":
        context = _unquoted(words[words.index("context") + 1]) if "context" in words else None
        yield Message(_unquoted(words[1].split("|")[0]).replace("%", "%%"), context)


def _block(words, tokens):
    context = _unquoted(words[words.index("context") + 1]) if "context" in words else None
    texts, reading = ["", ""], 0
    for token in tokens:
        if token.token_type == TokenType.BLOCK and token.contents.split()[0] == "plural":
            reading = 1
        elif token.token_type == TokenType.BLOCK:
            break
        elif token.token_type == TokenType.VAR:
            texts[reading] += f"%({token.contents.split('|')[0].strip()})s"
        else:
            texts[reading] += token.contents.replace("%", "%%")
    if "trimmed" in words:
        texts = [trim_whitespace(text) for text in texts]
    return Message((texts[0], texts[1]) if reading else texts[0], context)


def _unquoted(word):
    return _unescaped(word[1:-1])


def _unescaped(text):
    return text.replace('\\"', '"').replace("\\'", "'").replace("\\\\", "\\")


READERS = {".py": python_messages, ".html": template_messages, ".txt": template_messages}


# ---------- keeping ----------


def read_catalogue(path: Path | None = None) -> Catalog:
    """The English catalogue as it is kept; an empty one where there is none."""
    path = path or catalogue_file()
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return read_po(file, locale="en")


def merged(messages: list[Message], known: Catalog) -> Catalog:
    """What the code says now, with the translations that are known."""
    catalogue = Catalog(locale="en", project="Duzhan", charset="utf-8", fuzzy=False)
    for message in messages:
        before = known.get(message.first if isinstance(message.text, str) else message.text, message.context)
        catalogue.add(
            message.text,
            before.string if before else None,
            locations=[(place, None) for place in message.places],
            context=message.context,
        )
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a file: no date and no line numbers, so that it changes only when a message does."""
    file = io.BytesIO()
    write_po(file, catalogue, width=0, omit_header=True, include_lineno=False, sort_output=False)
    head = (
        "# What Duzhan says, in English. Kept in step by: python3 manage.py collect_messages\n"
        'msgid ""\nmsgstr ""\n'
        '"Language: en\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    return head.encode() + file.getvalue()


def untranslated(messages: list[Message], known: Catalog) -> list[Message]:
    """Messages of the code that have no English yet."""
    return [message for message in messages if not _says(_entry(message, known))]


def misfits(messages: list[Message], known: Catalog) -> list[tuple[Message, str]]:
    """Translations that would break or mislead: other placeholders than the message, or Chinese left in them."""
    return [
        (message, form)
        for message in messages
        if _says(entry := _entry(message, known))
        for form in ([entry.string] if isinstance(entry.string, str) else entry.string)
        if not _fits(message, form)
    ]


def _fits(message, form):
    """A singular may leave out the number; nothing else may be left out, nothing invented, nothing left in Chinese."""
    texts = message.text if isinstance(message.text, tuple) else (message.text,)
    asked, used = set(PLACEHOLDER.findall(" ".join(texts))), set(PLACEHOLDER.findall(form))
    may_leave_out = not isinstance(message.text, str)
    return used <= asked and (may_leave_out or used == asked) and not CHINESE.search(form.replace("督战", ""))


def _entry(message, known):
    return known.get(message.first if isinstance(message.text, str) else message.text, message.context)


def _says(entry):
    return bool(entry and entry.string and (isinstance(entry.string, str) or all(entry.string)))


def compile_catalogue(path: Path | None = None) -> Path:
    """Write the .mo beside the .po, which is what Django reads. Returns its path."""
    path = path or catalogue_file()
    compiled = path.with_suffix(".mo")
    with compiled.open("wb") as file:
        write_mo(file, read_catalogue(path))
    return compiled
