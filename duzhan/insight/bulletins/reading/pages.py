"""网页: the words of a page without its tags and its furniture, each where it stood."""

import re
from array import array
from html import unescape

from .cuts import Draft

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*+)([^<>]*+)>|<!--|<[!?/][^<>]*+>")
QUOTED_END = re.compile(r"[^\"<>]{0,500}\"[^<>]*+>")  # of a tag with > inside a quoted value
BLOCKS = frozenset(
    "address article aside blockquote body br center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6"
    " header hr html li main nav ol option p pre section table tbody tfoot thead title tr ul".split()
)
CELLS = frozenset(("td", "th"))
RAW = frozenset("script style noscript template textarea svg".split())
LEFT_OUT = frozenset("head nav footer aside button select iframe object audio video".split())
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
FURNITURE = re.compile(
    r"\b(?:class|id)\s*=\s*[\"']?[^\"'<>]*?(?<![a-z])(?:nav|menu|foot|footer|copyright|crumbs?|breadcrumbs?|toolbar|share|bdshare"
    r"|[a-z]*qr(?:code)?|ewm|erweima|related?|recommend|comments?|sidebar|advert|ads?|login|search|pagination|pager"
    r"|prenext|prev|article-editor|friendlinks?)(?![a-z])",
    re.IGNORECASE,
)
ENTITY = re.compile(r"&(?:#[xX]?[0-9a-fA-F]{1,7}|[a-zA-Z][a-zA-Z0-9]{1,30});?")
NAMED = frozenset("div p span ul ol dl li section table tr td header h4 h5 h6 em i a font center".split())
_BLANKS = re.compile(r"[ \n\r\t\f\v]")
TEXT, OPEN, CLOSE, CHARACTER = range(4)


def body_of(draft):
    """What a person reads on the page: paragraphs end in newlines, the cells of a row in tabs."""
    tokens = _tokens(draft.text)
    ends = _left_out(tokens, draft.text)
    body = _laid_out(tokens, ends, draft)
    return body if body.text.strip() else _laid_out(tokens, {}, draft)


def _tokens(text):
    """The page as (kind, start, end, name or character); what scripts, styles and comments hold is not among them."""
    tokens, left, at, unclosed = [], 0, text.find("<"), set()
    while at >= 0:
        match = TAG.match(text, at)
        if match is None:
            at = text.find("<", at + 1)
            continue
        if at > left:
            tokens.append((TEXT, left, at, ""))
        left = match.end()
        close, name, attributes = match.groups()
        if name:
            name = name.lower()
            if attributes and attributes.count('"') & 1 and (rest := QUOTED_END.match(text, left)):
                left = rest.end()
            tokens.append((CLOSE if close else OPEN, at, left, name))
            if name in RAW and not close:
                left = _after(text, f"</{name}", left, unclosed)
        elif text.startswith("<!--", at):
            left = _after(text, "-->", left, unclosed)
        at = text.find("<", left)
    if left < len(text):
        tokens.append((TEXT, left, len(text), ""))
    return [each for token in tokens for each in _spelled_out(text, *token)] if "&" in text else tokens


def _spelled_out(text, kind, start, end, name):
    """The same token; of a text, also the characters in it that are spelled out (&nbsp;)."""
    if kind == TEXT:
        for match in ENTITY.finditer(text, start, end):
            first, last = match.span()
            if first > start:
                yield TEXT, start, first, ""
            character = unescape(match.group())
            yield CHARACTER, first, last, character if len(character) == 1 else ""
            start = last
    if start < end:
        yield kind, start, end, name


def _after(text, end, position, unclosed):
    """Behind the next ``end``; where there is none, ``position``. Looked for in vain only once, however often asked."""
    if end in unclosed:
        return position
    found = text.find(end, position)
    if found < 0:
        found = text.find(end.upper(), position)
    if found < 0:
        unclosed.add(end)
        return position
    return found + len(end) if end == "-->" else found


def _left_out(tokens, text):
    """For each opening token that starts something left out, the token at which the text goes on."""
    suspects = [
        number
        for number, (kind, start, end, name) in enumerate(tokens)
        if kind == OPEN
        and (name in LEFT_OUT or name in NAMED and end - start > len(name) + 5 and FURNITURE.search(text, start, end))
    ]
    if not suspects:
        return {}
    opened, ends, length, lengths = {}, {}, 0, []
    for number, (kind, start, end, name) in enumerate(tokens):
        lengths.append(length)
        if kind == TEXT:
            length += end - start
        elif kind == OPEN and name not in VOID:
            standing = opened.setdefault(name, [])
            if name == "p" and standing:
                ends[standing.pop()] = number
            standing.append(number)
        elif kind == CLOSE and opened.get(name):
            ends[opened[name].pop()] = number
    return {
        number: ends[number]
        for number in suspects
        if number in ends and (tokens[number][3] in LEFT_OUT or (lengths[ends[number]] - lengths[number]) * 3 <= length)
    }


def _laid_out(tokens, ends, draft):
    text, pieces, at = draft.text, [], array("I")
    places = draft.at
    number, size, in_cell, piece = 0, len(tokens), False, ""
    while number < size:
        kind, start, end, name = tokens[number]
        number += 1
        if kind == TEXT:
            piece = text[start:end]
            if not piece.isprintable():
                piece = _BLANKS.sub(" ", piece)
            pieces.append(piece)
            at += places[start:end]
            continue
        if kind == CHARACTER:
            piece = mark = name or text[start]
        elif name in CELLS:
            in_cell = kind == OPEN
            mark = "\t" if kind == CLOSE else ""
        elif name in BLOCKS:
            in_cell = in_cell and name not in ("tr", "table")
            mark = " " if in_cell else "\n"
        else:
            mark = ""
        if mark and (piece != mark or kind == CHARACTER):
            pieces.append(mark)
            at.append(places[start])
            piece = mark
        if kind == OPEN and number - 1 in ends:
            number = ends[number - 1] + 1
    at.append(places[len(text)])
    return Draft("".join(pieces), at)
