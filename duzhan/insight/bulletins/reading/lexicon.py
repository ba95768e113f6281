"""Words found in one scan, however many they are: alone by an automaton, in a larger expression as a tree of characters."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from ahocorasick_rs import AhoCorasick, MatchKind

_DRAWER = 8  # first characters that are compared one by one


def table(groups: Mapping[str, str]) -> dict[str, str]:
    """{kind: "words with blanks between"} turned round: {word: kind}; the same word twice is refused."""
    words: dict[str, str] = {}
    for kind, listed in groups.items():
        for word in listed.split():
            if words.setdefault(word, kind) != kind:
                raise ValueError(f"{word} is both {words[word]} and {kind}")
    return words


def finder(words: Iterable[str]) -> Callable[[str], list[tuple[int, int, int]]]:
    """Finds the longest of `words` at each place, none within another: text -> [(which word, start, end)]."""
    return AhoCorasick(list(words), matchkind=MatchKind.LeftmostLongest, store_patterns=False).find_matches_as_indexes


def every(words: Iterable[str]) -> Callable[[str], list[tuple[int, int, int]]]:
    """Finds each of `words` wherever it stands, also within another, in the order of their ends."""
    return partial(AhoCorasick(list(words), store_patterns=False).find_matches_as_indexes, overlapping=True)


def pattern(words: Iterable[str]) -> str:
    """The same as a piece of a larger expression: the longest of `words` at a place.

    The words stand in drawers by their first character, drawers in chests, so that few characters are compared anywhere.
    """
    tree: dict = {}
    for word in words:
        branch = tree
        for sign in word:
            branch = branch.setdefault(sign, {})
        branch[""] = {}
    return f"(?=[{_listed(sorted(tree))}]){_chest(sorted(tree), tree)}"


def sought(first: str, expression: str, flags: int = 0) -> re.Pattern:
    """Finds where `expression` matches; `first`: the characters it may begin with, as in a set.

    `re` runs over a text fast only for an expression that begins with a set; one that begins with an alternation is
    tried at every place. So the character found is consumed, and `expression` looked at from before it: where it ends
    only its groups tell, and the next may begin within it.
    """
    return re.compile(rf"[{first}](?<=(?={expression}).)", flags)


def _chest(signs, tree):
    if len(signs) <= _DRAWER:
        return f"(?:{'|'.join(_written({sign: tree[sign]}) for sign in signs)})"
    size = -(-len(signs) // 4)
    quarters = [signs[k : k + size] for k in range(0, len(signs), size)]
    return f"(?:{'|'.join(f'(?=[{_listed(each)}]){_chest(each, tree)}' for each in quarters)})"


def _listed(signs):
    return "".join(map(re.escape, signs))


def _written(tree):
    ends = "" in tree
    branches = [re.escape(sign) + _written(rest) for sign, rest in sorted(tree.items()) if sign]
    if not branches:
        return ""
    body = branches[0] if len(branches) == 1 and not ends else f"(?:{'|'.join(branches)})"
    return f"{body}?" if ends else body
