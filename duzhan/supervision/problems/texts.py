"""查找: the words of problems, kept letter by letter and pair by pair, so that any few letters are found at any size.

Chinese is written without gaps and people look for two letters, or one: an index of three letters answers nothing then.
A problem is looked for in its title, its facts and the name of its point. Whoever enters one writes only its number into
`Unread`, by a trigger; the worker reads what is there into the index (`read_new`). A question takes what is still unread
along, so an answer is exact at any moment.

What is open and what is done are indexed apart: a ledger begins with what is open, and that does not grow with the years.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db import connection, transaction

from .flow import DONE

AT_ONCE = 2000
# what is found more often is not found by its letters, but by walking along the ledger
MOST = {"open": 2000, "done": 4000}
SAMPLE = 20  # pages of the table, to learn how frequent words are
FEW = 8  # found in the sample; fewer say nothing
BETWEEN = "\x1f"  # title, facts and point: no letters stand next to each other across this
DONE_STAGES = ", ".join(sorted(f"'{stage}'" for stage in DONE))
FINISHED = f"(OLD.stage IN ({DONE_STAGES})) <> (NEW.stage IN ({DONE_STAGES}))"  # or begun again

SET = {
    "postgresql": [
        "CREATE TABLE problems_text (problem_id bigint PRIMARY KEY, letters text NOT NULL, is_open boolean NOT NULL)",
        # each letter, and each letter with the one before it: two halves of 16 bits; looked at again in the text itself
        "CREATE FUNCTION problems_pairs(t text) RETURNS integer[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 100 "
        "AS $$ DECLARE found integer[] := '{}'; before integer := 0; here integer; letter text; BEGIN "
        "FOREACH letter IN ARRAY string_to_array(upper(t), NULL) LOOP here := ascii(letter) & 65535; "
        "found := found || here || ((before << 16) | here); before := here; END LOOP; RETURN found; END $$",
        "CREATE INDEX problem_open_by_pairs ON problems_text USING gin (problems_pairs(letters)) WHERE is_open",
        "CREATE INDEX problem_done_by_pairs ON problems_text USING gin (problems_pairs(letters)) WHERE NOT is_open",
        "CREATE FUNCTION problems_entered() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO problems_unread (problem_id) SELECT id FROM entered ON CONFLICT DO NOTHING; RETURN NULL; END $$",
        "CREATE TRIGGER problem_entered AFTER INSERT ON problems_problem REFERENCING NEW TABLE AS entered "
        "FOR EACH STATEMENT EXECUTE FUNCTION problems_entered()",
        "CREATE FUNCTION problems_reworded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO problems_unread (problem_id) VALUES (NEW.id) ON CONFLICT DO NOTHING; RETURN NULL; END $$",
        "CREATE TRIGGER problem_reworded AFTER UPDATE OF title, detail, point_id ON problems_problem "
        "FOR EACH ROW EXECUTE FUNCTION problems_reworded()",
        "CREATE TRIGGER problem_finished AFTER UPDATE OF stage ON problems_problem "
        f"FOR EACH ROW WHEN ({FINISHED}) EXECUTE FUNCTION problems_reworded()",
        "CREATE FUNCTION problems_point_renamed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO problems_unread "
        "(problem_id) SELECT id FROM problems_problem WHERE point_id = NEW.id ON CONFLICT DO NOTHING; RETURN NULL; END $$",
        "CREATE TRIGGER problem_point_renamed AFTER UPDATE OF name ON places_point "
        "FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION problems_point_renamed()",
    ],
    "sqlite": [
        "CREATE VIRTUAL TABLE problems_text USING fts5(pairs, detail=none, columnsize=0, tokenize='ascii')",
        "CREATE TRIGGER problem_entered AFTER INSERT ON problems_problem "
        "BEGIN INSERT OR IGNORE INTO problems_unread (problem_id) VALUES (NEW.id); END",
        "CREATE TRIGGER problem_reworded AFTER UPDATE OF title, detail, point_id ON problems_problem "
        "BEGIN INSERT OR IGNORE INTO problems_unread (problem_id) VALUES (NEW.id); END",
        f"CREATE TRIGGER problem_finished AFTER UPDATE OF stage ON problems_problem WHEN {FINISHED} "  # noqa: S608
        "BEGIN INSERT OR IGNORE INTO problems_unread (problem_id) VALUES (NEW.id); END",
        "CREATE TRIGGER problem_point_renamed AFTER UPDATE OF name ON places_point WHEN OLD.name <> NEW.name BEGIN "
        "INSERT OR IGNORE INTO problems_unread (problem_id) SELECT id FROM problems_problem WHERE point_id = NEW.id; END",
    ],
}  # fmt: skip
LIFT = {
    "postgresql": [
        "DROP TRIGGER problem_point_renamed ON places_point",
        "DROP TRIGGER IF EXISTS problem_finished ON problems_problem",
        "DROP TRIGGER problem_reworded ON problems_problem",
        "DROP TRIGGER problem_entered ON problems_problem",
        "DROP FUNCTION problems_point_renamed, problems_reworded, problems_entered",
        "DROP TABLE problems_text",
        "DROP FUNCTION problems_pairs",
    ],
    "sqlite": [
        "DROP TRIGGER problem_point_renamed", "DROP TRIGGER IF EXISTS problem_finished", "DROP TRIGGER problem_reworded",
        "DROP TRIGGER problem_entered", "DROP TABLE problems_text",
    ],
}  # fmt: skip


def set_up(connection):
    """Make the index and its triggers, and put down every problem there is as unread."""
    _run(
        connection,
        [
            *SET[connection.vendor],
            "INSERT INTO problems_unread (problem_id) SELECT id FROM problems_problem WHERE true ON CONFLICT DO NOTHING",
        ],
    )


def take_down(connection):
    _run(connection, LIFT[connection.vendor])


def _run(connection, statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def pairs(text: str) -> str:
    """Each letter of a text and each with the one before it, as words for SQLite's index: `6392 961f 6392z961f`."""
    letters = [f"{ord(letter):x}" for letter in text.upper()]
    return " ".join(dict.fromkeys([*letters, *(f"{a}z{b}" for a, b in zip(letters, letters[1:], strict=False))]))


# --- reading in ---------------------------------------------------------------------------------------------------

TAKEN = "SELECT problem_id FROM problems_unread ORDER BY problem_id LIMIT %s"
WORDS = (
    f"SELECT p.id, p.title || %s || p.detail || %s || coalesce(t.name, ''), p.stage NOT IN ({DONE_STAGES}) "  # noqa: S608
    "FROM problems_problem p "
    "LEFT JOIN places_point t ON t.id = p.point_id WHERE p.id IN (SELECT problem_id FROM problems_unread "
    "ORDER BY problem_id LIMIT %s)"
)


def read_new(most=AT_ONCE) -> int:
    """Take up to `most` problems that are still unread into the index; returns how many.

    A question sees each of them on one side or the other: all of it is one transaction. Nobody waits for it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        read = READ[connection.vendor](cursor, most)
    if read and connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # into the index proper, so that no writer has to and questions stay short
            cursor.execute(
                "SELECT gin_clean_pending_list('problem_open_by_pairs'), gin_clean_pending_list('problem_done_by_pairs')"
            )
    return read


def _read_on_postgresql(cursor, most):
    cursor.execute(
        "WITH taken AS (DELETE FROM problems_unread WHERE problem_id = ANY(ARRAY("  # noqa: S608
        "SELECT problem_id FROM problems_unread ORDER BY problem_id LIMIT %s FOR UPDATE SKIP LOCKED)) RETURNING problem_id) "
        "INSERT INTO problems_text (problem_id, letters, is_open) "
        f"SELECT p.id, p.title || %s || p.detail || %s || coalesce(t.name, ''), p.stage NOT IN ({DONE_STAGES}) "
        "FROM taken JOIN problems_problem p ON p.id = taken.problem_id LEFT JOIN places_point t ON t.id = p.point_id "
        "ON CONFLICT (problem_id) DO UPDATE SET letters = excluded.letters, is_open = excluded.is_open",
        [most, BETWEEN, BETWEEN],
    )
    return cursor.rowcount


def _read_on_sqlite(cursor, most):
    cursor.execute(WORDS, [BETWEEN, BETWEEN, most])
    rows = [
        (number, f"{pairs(letters)} {'open' if is_open else 'done'}") for number, letters, is_open in cursor.fetchall()
    ]
    cursor.executemany("INSERT OR REPLACE INTO problems_text (rowid, pairs) VALUES (%s, %s)", rows)
    cursor.execute(f"DELETE FROM problems_unread WHERE problem_id IN ({TAKEN})", [most])  # noqa: S608
    return len(rows)


READ = {"postgresql": _read_on_postgresql, "sqlite": _read_on_sqlite}

# --- looking for --------------------------------------------------------------------------------------------------


def has_case(text) -> bool:
    """Are there letters in it that are written in two ways? Where there are none, the database need not turn each text into
    capitals before it looks, which is most of its work."""
    return text.upper() != text or text.lower() != text


@dataclass(frozen=True)
class Sample:
    """Some of what is read in: how many were looked at, how many of these are open, in how many the letters stand; and how
    many are read in altogether."""

    looked: int
    is_open: int
    met: int
    total: float

    def many(self, part) -> float:
        """How many are read in of what is open, or done."""
        share = self.is_open if part == "open" else self.looked - self.is_open
        return self.total * share / max(self.looked, 1)

    def is_above(self, most, part) -> bool:
        """Do the letters stand in more than `most` of a part, as far as the sample tells?"""
        return self.met > FEW and self.met * self.many(part) > most * self.looked


class Sought:
    """Letters that are looked for: the problems that have them, those that are open and those that are done apart.

    Each part is asked for when it is wanted: two lists of numbers, those that have the letters, and those of which only the
    words themselves tell; or None, where there are more than MOST and walking along the ledger meets them soonest.
    """

    def __init__(self, text):
        self.text = text

    @cached_property
    def open(self) -> tuple[list, list] | None:
        return self._holding("open")

    @cached_property
    def done(self) -> tuple[list, list] | None:
        return self._holding("done")

    @cached_property
    def sample(self) -> Sample | None:
        with connection.cursor() as cursor:
            return SAMPLED[connection.vendor](cursor, self.text)

    def many_open(self) -> int | None:
        """How many open problems may have the letters, whoever sees them; None: more than MOST."""
        return None if self.open is None else sum(map(len, self.open))

    def is_met_sooner(self, wanted) -> bool:
        """Are so many met sooner by walking along what is done than by naming it all? The letters will stand there as often
        as among what is open."""
        many = self.many_open()
        if not many or self.sample is None:
            return False
        return wanted * self.sample.many("open") ** 2 < many**2 * self.sample.many("done")

    def looked_at_for(self, wanted) -> float:
        """How many problems one walks past until so many are met, and as many again for luck; 0 where nothing is known."""
        many, sample = self.many_open(), self.sample
        if sample is None:
            return 0
        among = sample.many("open")  # 0 too where the database has not counted the table yet
        often = many / among if many and among else sample.met / max(sample.looked, 1)
        return 2 * wanted / often if often else 0

    def _holding(self, part):
        most = MOST[part]
        with connection.cursor() as cursor:
            cursor.execute(TAKEN, [most + 1])  # before the index: what is read in meanwhile is met on either side
            unread = [number for (number,) in cursor.fetchall()]
            if len(unread) > most or (self.sample and self.sample.is_above(most, part)):
                return None
            found = FIND[connection.vendor](cursor, self.text, part, most + 1)
        if len(found) > most:
            return None
        found = set(found).difference(unread)
        is_sure = connection.vendor == "postgresql" and BETWEEN not in self.text
        return (list(found), unread) if is_sure else ([], [*found, *unread])


def _sampled_on_postgresql(cursor, text):
    where, like = _standing_in(text)
    cursor.execute(
        f"SELECT count(*), count(*) FILTER (WHERE is_open), count(*) FILTER (WHERE {where}), "  # noqa: S608
        "(SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'problems_text'::regclass) "
        "FROM problems_text TABLESAMPLE SYSTEM (least(100, 100.0 * %s * current_setting('block_size')::int "
        "/ greatest(pg_relation_size('problems_text'), 1)))",
        [like, SAMPLE],
    )
    return Sample(*cursor.fetchone())


def _find_on_postgresql(cursor, text, part, most):
    cursor.execute(  # single letters stand in very many texts: pairs alone, where there is one
        "SELECT coalesce(nullif(array(SELECT k FROM unnest(problems_pairs(%s)) k WHERE k NOT BETWEEN 0 AND 65535), '{}'), "
        "problems_pairs(%s))",
        [text, text],
    )
    [wanted] = cursor.fetchone()
    where, like = _standing_in(text)
    cursor.execute(
        f"SELECT problem_id FROM problems_text WHERE {PART[part]} AND problems_pairs(letters) @> %s::integer[] "  # noqa: S608
        f"AND {where} LIMIT %s",
        [wanted, like, most],
    )
    return [number for (number,) in cursor.fetchall()]


def _standing_in(text):
    """How PostgreSQL looks whether a text stands in the letters: the condition, and its value."""
    like = f"%{text.translate(ESCAPED)}%"
    return ("upper(letters) LIKE upper(%s)" if has_case(text) else "letters LIKE %s"), like


def _find_on_sqlite(cursor, text, part, most):
    wanted = pairs(text).split()
    wanted = [word for word in wanted if "z" in word] or wanted
    words = " AND ".join(f'"{word}"' for word in [*wanted, part])
    cursor.execute("SELECT rowid FROM problems_text WHERE problems_text MATCH %s LIMIT %s", [words, most])
    return [number for (number,) in cursor.fetchall()]


PART = {"open": "is_open", "done": "NOT is_open"}
SAMPLED = {"postgresql": _sampled_on_postgresql, "sqlite": lambda cursor, text: None}
FIND = {"postgresql": _find_on_postgresql, "sqlite": _find_on_sqlite}
ESCAPED = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})
