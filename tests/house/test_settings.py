"""The environment is read as meant, or the start stops with a sentence that says what to write."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
ASK = "import json, sys; from duzhan.config import settings as s; print(json.dumps(eval(sys.argv[1]), default=str))"


def start(tmp_path, asked="True", **environment):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("DUZHAN_")}
    return subprocess.run(
        [sys.executable, "-c", ASK, asked],
        env=clean | {"DUZHAN_DATA_DIR": str(tmp_path)} | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def setting(tmp_path, asked, **environment):
    done = start(tmp_path, asked, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("DUZHAN_DEBUG", "maybe", "write 1 or 0"),
        ("DUZHAN_MAX_UPLOAD_MB", "0", "from 1 to 1024"),
        ("DUZHAN_MAX_UPLOAD_MB", "-3", "from 1 to 1024"),
        ("DUZHAN_MAX_UPLOAD_MB", "٣", "from 1 to 1024"),
        ("DUZHAN_SESSION_HOURS", "forever", "from 1 to 720"),
        ("DUZHAN_TRUSTED_PROXIES", "all", "from 0 to 9"),
        ("DUZHAN_BASE_URL", "duzhan.example.org", "write it like https://"),
        ("DUZHAN_BASE_URL", "ftp://duzhan.example.org", "write it like https://"),
        ("DUZHAN_BASE_URL", "https://duzhan.example.org:port", "write it like https://"),
        ("DUZHAN_BASE_URL", "https://", "write it like https://"),
        ("DUZHAN_SECRET_KEY", "short", "at least 32"),
        ("DUZHAN_LOG_LEVEL", "loud", "DEBUG, INFO"),
        ("DUZHAN_SMTP_URL", "mail.example.org", "write it like smtps://"),
        ("DUZHAN_OIDC_URL", "https://id.example.org", "DUZHAN_OIDC_CLIENT_SECRET"),
        ("DUZHAN_OIDC_CLIENT_ID", "duzhan", "DUZHAN_OIDC_CLIENT_SECRET"),
        ("DUZHAN_DATABASE_URL", "duzhan.sqlite3", "sqlite:///FILE"),
        ("DUZHAN_DATABASE_URL", "sqlite://", "sqlite:///FILE"),
        ("DUZHAN_DATABASE_URL", "mysql://root@127.0.0.1/duzhan", "sqlite:///FILE"),
        ("DUZHAN_DATABASE_URL", "postgresql://127.0.0.1", "sqlite:///FILE"),
        ("DUZHAN_DATABASE_URL", "postgresql://u:hunter2@127.0.0.1/d?nonsense=1", "sqlite:///FILE"),
        ("DUZHAN_DATABASE_URL", "postgresql://u@127.0.0.1/d?pool=many", "sqlite:///FILE"),
        ("DUZHAN_DATA_DIR", "/dev/null/duzhan", "name one that this account may write to"),
    ],
)
def test_a_wrong_value_stops_the_start_with_advice(tmp_path, name, value, advice):
    done = start(tmp_path, **{name: value})
    family = "DUZHAN_OIDC_" if "OIDC" in name else name
    assert done.returncode == 2
    assert family in done.stderr
    assert advice in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_without_any_variable_it_is_sqlite_for_this_machine_only(tmp_path):
    database = setting(tmp_path, "s.DATABASES['default']")
    assert database["NAME"] == str(tmp_path / "duzhan.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "WAL" in database["OPTIONS"]["init_command"]
    assert setting(tmp_path, "[s.DEBUG, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS]") == [False, False, 0]
    assert set(setting(tmp_path, "s.ALLOWED_HOSTS")) == {"127.0.0.1", "localhost", "[::1]"}


def test_an_empty_variable_is_one_that_is_not_set(tmp_path):
    assert setting(tmp_path, "s.DUZHAN_MAX_UPLOAD_BYTES", DUZHAN_MAX_UPLOAD_MB="") == 20 * 1_048_576


def test_a_postgresql_address_is_read_as_libpq_reads_it(tmp_path):
    address = "postgresql://du%40han:p%2Fw@db1:5433,db2:5434/duzhan?sslmode=require&target_session_attrs=read-write"
    database = setting(tmp_path, "s.DATABASES['default']", DUZHAN_DATABASE_URL=address)
    assert database["ENGINE"] == "duzhan.base.postgresql"
    assert (database["USER"], database["PASSWORD"], database["NAME"]) == ("du@han", "p/w", "duzhan")
    assert (database["HOST"], database["PORT"]) == ("db1,db2", "5433,5434")
    assert database["OPTIONS"] == {"sslmode": "require", "target_session_attrs": "read-write"}
    assert database["CONN_HEALTH_CHECKS"] is True


def test_a_postgresql_address_may_say_everything_after_the_question_mark(tmp_path):
    address = "postgresql:///duzhan?host=%2Frun%2Fpostgresql&user=du&options=-c%20statement_timeout%3D5s"
    database = setting(tmp_path, "s.DATABASES['default']", DUZHAN_DATABASE_URL=address)
    assert (database["NAME"], database["HOST"], database["USER"]) == ("duzhan", "/run/postgresql", "du")
    assert database["OPTIONS"] == {"options": "-c statement_timeout=5s"}


def test_a_pool_of_connections_replaces_the_kept_one(tmp_path):
    address = "postgresql://duzhan@127.0.0.1/duzhan?pool=8"
    database = setting(tmp_path, "s.DATABASES['default']", DUZHAN_DATABASE_URL=address)
    assert database["OPTIONS"]["pool"]["max_size"] == 8
    assert "CONN_MAX_AGE" not in database


def test_an_https_address_secures_cookies_and_insists(tmp_path):
    asked = "[s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.CSRF_TRUSTED_ORIGINS]"
    answered = setting(tmp_path, asked, DUZHAN_BASE_URL="https://duzhan.example.org/")
    assert answered == [True, True, True, ["https://duzhan.example.org"]]


def test_proxies_are_believed_only_when_they_are_counted(tmp_path):
    asked = "[getattr(s, 'SECURE_PROXY_SSL_HEADER', None), s.ALLAUTH_TRUSTED_PROXY_COUNT]"
    assert setting(tmp_path, asked) == [None, 0]
    counted = setting(tmp_path, asked, DUZHAN_TRUSTED_PROXIES="2")
    assert counted == [["HTTP_X_FORWARDED_PROTO", "https"], 2]


def test_the_secret_is_made_once_and_kept_for_this_account_alone(tmp_path):
    first = setting(tmp_path, "s.SECRET_KEY")
    assert len(first) >= 64
    assert setting(tmp_path, "s.SECRET_KEY") == first
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_pages_may_load_nothing_from_elsewhere_and_forms_go_home(tmp_path):
    rules = setting(tmp_path, "s.CONTENT_SECURITY_POLICY['DIRECTIVES']")
    assert rules["default-src"] == ["'self'"]
    assert rules["img-src"] == ["'self'", "blob:"]
    assert rules["form-action"] == ["'self'"]
    assert "unsafe" not in json.dumps(rules)


def test_the_organisations_sign_in_may_be_reached_from_the_form(tmp_path):
    oidc = {"URL": "https://id.example.org/realm", "CLIENT_ID": "duzhan", "CLIENT_SECRET": "s"}
    environment = {f"DUZHAN_OIDC_{name}": value for name, value in oidc.items()}
    rules = setting(tmp_path, "s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action']", **environment)
    assert rules == ["'self'", "https://id.example.org"]


def test_every_variable_stands_in_the_example_with_what_it_is_for():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name, (_default, purpose) in settings.DUZHAN_ENVIRONMENT.items():
        assert f"#{name}=" in example
        assert purpose
