"""`python3 dz bench reader --corpus FOLDER`: how well bulletins are read, and how fast.

The corpus is a folder with `raw/` and `gold/`, and beside the folder the `score.py` that measures it. Speed is counted
in documents of 2,000 characters a second on one core, from bytes to JSON, over the whole corpus (most of whose documents
are shorter, so that their fixed cost counts several times) and over those of about that length alone; the limit is one
pass of a trivial regular expression (the runs of digits) over the same decoded text, which any reader of numbers must at
least do.
"""

import argparse
import importlib.util
import json
import re
import sys
import time
from collections import defaultdict
from pathlib import Path

from duzhan.config.reading import as_dict, as_json
from duzhan.insight.bulletins.reading.originals import take_in
from duzhan.insight.bulletins.reading.prepared import prepare
from duzhan.insight.bulletins.reading.reader import read

SIZE = 2000  # characters of a document
ABOUT = (1500, 2500)  # characters of a document that counts as one of SIZE
ROUNDS = 5  # the best of so many runs: the machine is shared
DIGITS = re.compile(r"\d+")


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(prog="dz bench reader", description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", type=Path, required=True, help="a folder with raw/ and gold/, score.py beside it")
    parser.add_argument("--ids", type=Path, help="measure only the documents named in this file, one a line")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    rule = options.corpus.resolve().parent / "score.py"
    if not (options.corpus / "gold").is_dir() or not rule.is_file():
        print(
            f"{options.corpus}: 没有 gold/，或旁边没有 score.py。 · no gold/ in it, or no score.py beside it.",
            file=sys.stderr,
        )
        return 2
    score = _module(rule)
    wanted = set(options.ids.read_text(encoding="utf-8").split()) if options.ids else None
    golds, given = _documents(options.corpus, wanted)
    told = {key: _read(key, given[key], golds[key]) for key in golds}
    measured = {"quality": _quality(score, golds, told), "speed": _speed(list(given.values()))}
    print(json.dumps(measured, ensure_ascii=False)) if options.json else _print(measured)
    return 0


def _module(path):
    spec = importlib.util.spec_from_file_location("score", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _documents(corpus, wanted):
    golds = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((corpus / "gold").glob("*.json"))
    }
    golds = {key: gold for key, gold in golds.items() if wanted is None or key in wanted}
    return golds, {key: (corpus / "raw" / f"{key}.txt").read_bytes() for key in golds}


def _read(key, given, gold):
    prepared = prepare(take_in(given, name=f"{key}.txt"))
    return as_dict(key, prepared, read(prepared, published=gold.get("published")))


def _quality(score, golds, told):
    kinds = defaultdict(lambda: defaultdict(int))
    for key, gold in golds.items():
        for tally in (kinds["all"], kinds[gold.get("kind", "noised")]):
            score.score_document(gold, told[key], tally)
    whole = kinds["all"]
    types = sorted({key[1] for key in whole if isinstance(key, tuple)})
    by_type = {kind: {what: whole[what, kind] for what in ("tp", "fn", "fp")} for kind in types}
    return {"kinds": {kind: score.summary(tally) for kind, tally in kinds.items()}, "types": by_type}


def _speed(given):
    """Documents of SIZE characters a second: of all and of those about that long, and the limit for all."""
    texts = [take_in(each).text for each in given]
    of_size = [k for k, text in enumerate(texts) if ABOUT[0] <= len(text) <= ABOUT[1]]
    ours = _pace(texts, lambda: [_whole(each) for each in given])
    limit = _pace(texts, lambda: [DIGITS.findall(text) for text in texts])
    speed = {"documents a second": round(ours), "limit": round(limit), "ratio": round(ours / limit, 4)}
    if of_size:
        pace = _pace([texts[k] for k in of_size], lambda: [_whole(given[k]) for k in of_size])
        speed |= {"of about that length": round(pace), "so many": len(of_size)}
    return speed


def _pace(texts, work):
    return sum(map(len, texts)) / SIZE / min(_seconds(work) for _ in range(ROUNDS))


def _whole(given):
    prepared = prepare(take_in(given))
    return as_json("", prepared, read(prepared))


def _seconds(work):
    started = time.process_time()
    work()
    return time.process_time() - started


def _print(measured):
    columns = ("documents", "figures", "precision", "recall", "f1", "scope", "as_of", "as_of_stated")
    print(f"{'kind':<12}" + "".join(f"{column:>14}" for column in columns))
    for kind, row in measured["quality"]["kinds"].items():
        print(f"{kind:<12}" + "".join(f"{row[column]:>14}" for column in columns))
    print(f"\n{'type':<26}{'found':>7}{'missed':>8}{'spurious':>10}{'precision':>11}{'recall':>8}{'F1':>7}")
    for kind, row in measured["quality"]["types"].items():
        found, missed, spurious = row["tp"], row["fn"], row["fp"]
        precision, recall = found / max(1, found + spurious), found / max(1, found + missed)
        f1 = 2 * found / max(1, 2 * found + missed + spurious)
        print(f"{kind:<26}{found:>7}{missed:>8}{spurious:>10}{precision:>11.3f}{recall:>8.3f}{f1:>7.3f}")
    speed = measured["speed"]
    print(f"\n{speed['documents a second']:,} documents of {SIZE:,} characters a second on one core, bytes to JSON")
    if "so many" in speed:
        length = f"{ABOUT[0]:,} to {ABOUT[1]:,} characters"
        print(f"{speed['of about that length']:,} of the {speed['so many']} documents of {length} alone")
    print(f"limit: {speed['limit']:,} a second for one pass of a trivial regular expression over the same text")
    print(f"ratio: {speed['ratio']:.1%}")


if __name__ == "__main__":
    sys.exit(main())
