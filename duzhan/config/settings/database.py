"""The database: a file of SQLite, or PostgreSQL at an address."""

from urllib.parse import parse_qsl, quote, unquote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from .environment import env_text, stop
from .places import DUZHAN_DATA_DIR, HOME

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


def sqlite_database(path):
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": SQLITE_OPTIONS,
    }


def postgresql_database(url):
    """Everything libpq reads in an address, several hosts among it; `pool=N` is ours: connections kept per process."""
    address, _, query = url.partition("?")
    query = dict(parse_qsl(query, keep_blank_values=True))
    pool = query.pop("pool", "0")
    if not pool.isascii() or not pool.isdigit() or int(pool) > 200:
        raise ValueError("pool")
    options = conninfo_to_dict(f"{address}?{urlencode(query, quote_via=quote)}")
    if "dbname" not in options:
        raise ValueError("dbname")
    database = {
        "ENGINE": "duzhan.base.postgresql",
        "NAME": options.pop("dbname"),
        "USER": options.pop("user", ""),
        "PASSWORD": options.pop("password", ""),
        "HOST": options.pop("host", ""),
        "PORT": options.pop("port", ""),
        "OPTIONS": options,
    }
    if int(pool):
        options["pool"] = {"min_size": 1, "max_size": int(pool), "timeout": 20}
    else:
        database |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return database


def database_at(url):
    scheme, _, rest = url.partition("://")
    try:
        if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
            return sqlite_database(HOME / unquote(rest[1:]))
        if scheme in ("postgresql", "postgres"):
            return postgresql_database(url)
    except (ValueError, psycopg.ProgrammingError):
        pass  # the sentence below says more than either error, and keeps the password out of it
    stop(
        "DUZHAN_DATABASE_URL",
        "不是数据库地址；请写 sqlite:///文件 或 postgresql://用户:密码@主机:端口/库名。",
        "no database address; write sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME.",
    )


_database_url = env_text(
    "DUZHAN_DATABASE_URL",
    "",
    "The database: sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME (libpq options and pool=N after ?).",
    shown="sqlite:///var/duzhan.sqlite3",
)
_sqlite = sqlite_database(DUZHAN_DATA_DIR / "duzhan.sqlite3")
DATABASES = {"default": database_at(_database_url) if _database_url else _sqlite}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["models.W040"]  # SQLite leaves out what an index holds besides its key: wanted so
