"""`duzhan read`: files, lists, formats and refusals."""

import json
import subprocess
import sys

import pytest

from duzhan.config import cli

TEXT = (
    "渝北区疫情防控督导组11月25日通报\n截至11月25日18时，渝北区督导组交办问题282个，已整改277个，其余5个正在整改中。\n"
)


@pytest.fixture
def bulletin(tmp_path):
    path = tmp_path / "通报.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(capsys, *arguments):
    code = cli.main(["read", *map(str, arguments)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_one_object_a_line_with_places_in_the_original(capsys, bulletin):
    code, out, _err = run(capsys, bulletin, "--year", "2022")
    [told] = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert (told["file"], told["encoding"], told["script"]) == (str(bulletin), "utf-8", "simplified")
    assert told["as_of"] == "2022-11-25T18:00"
    assert [(each["type"], each["value"], each["unit"]) for each in told["figures"]] == [
        ("problems_handed_over", 282, "个"), ("problems_rectified", 277, "个"), ("problems_in_progress", 5, "个"),
    ]  # fmt: skip
    assert all(TEXT[each["start"] : each["end"]] == each["text"] for each in told["figures"])
    assert told["checks"] == [{"text": "282 = 277 + 5", "holds": True, "figures": [0, 1, 2]}]


def test_a_list_brings_the_day_each_was_published(capsys, bulletin):
    listed = bulletin.parent / "list.tsv"
    listed.write_text(f"{bulletin.name}\t2021-12-01\n{bulletin}\t\n", encoding="utf-8")
    code, out, _err = run(capsys, "--list", listed)
    assert code == 0
    assert [json.loads(line)["as_of"] for line in out.splitlines()] == ["2021-11-25T18:00", "--11-25T18:00"]


def test_a_table_and_a_page(capsys, bulletin):
    _code, table, _err = run(capsys, bulletin, "--format", "table")
    assert "交办问题\t\t282\t个\t" in table and "✓\t282 = 277 + 5" in table
    bulletin.write_text(TEXT.replace("277", "270").replace("渝北区督导组", "<b>&渝北区督导组"), encoding="utf-8")
    _code, page, _err = run(capsys, bulletin, "--format", "html")
    assert "<span>交办问题 · 282个" in page
    assert 'class="fails"' in page and "<script" not in page and "<b>" not in page


def test_a_file_that_cannot_be_read_is_refused_and_the_others_are_read(capsys, bulletin):
    empty = bulletin.parent / "empty.txt"
    empty.write_bytes(b"")
    code, out, err = run(capsys, bulletin.parent / "none.txt", empty, bulletin)
    assert code == 2 and len(out.splitlines()) == 1
    assert "文件打不开" in err and "文件是空的" in err


@pytest.mark.parametrize("arguments", [[], ["--year", "22", "x"], ["--published", "昨天", "x"], ["--list", "none.tsv"]])
def test_what_cannot_be_asked_for_is_refused(capsys, arguments):
    code, out, err = run(capsys, *arguments)
    assert code == 2 and not out and err


def test_django_is_not_started(bulletin):
    program = (
        "import sys; from duzhan.config import cli; code = cli.main(sys.argv[1:]); "
        "sys.exit(code or ('django.contrib.auth' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program, "read", str(bulletin)], capture_output=True, check=False)
    assert done.returncode == 0
