"""The documentation inside the product: read by whoever has signed in, in their language, and nothing else is read."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from django.conf import settings

from duzhan.base.errors import NotFound
from duzhan.config import docs_pages

DOCS = Path(settings.ROOT) / "docs"
PAGES = sorted(str(path.relative_to(DOCS)) for path in DOCS.glob("*/**/*.md") if path.name != "README.md")


@pytest.fixture
def reader(client, cast):
    client.force_login(cast.people["volunteer"])  # an account without a post may read it too
    return client


@pytest.mark.parametrize(("language", "said", "not_said"), [
    ("zh-hans", "责任单位", "Responsible unit"), ("en", "Responsible unit", "/docs/use/unit.md"),
])  # fmt: skip
def test_the_contents_are_in_the_readers_language(reader, language, said, not_said):
    reader.cookies["duzhan_language"] = language
    text = reader.get("/docs/").content.decode()
    main = text.split("<main", 1)[1]
    assert said in main
    assert not_said not in main
    assert "/docs/reference/settings.md" in main


def test_every_page_and_every_link_on_it_opens(reader):
    seen, open_ = set(), [f"/docs/{page}" for page in PAGES]
    assert len(open_) > 30
    while open_:
        address = open_.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = reader.get(address)
        assert answer.status_code == 200, address
        assert answer.getvalue(), address
        if address.endswith(".md"):
            html = answer.content.decode().split("<article", 1)[1].split("</article>", 1)[0]
            assert not re.search(r"\sstyle=|<script|\son\w+=", html), address
            targets = re.findall(r'(?:href|src)="([^"#]+)', html)
            open_ += [urljoin(address, target) for target in targets if "://" not in target]


def test_a_page_says_its_language_and_leads_to_its_sister(reader):
    html = reader.get("/docs/use/unit.md").content.decode()
    assert '<article class="dz-doc" lang="zh">' in html
    assert 'href="/docs/use/en/unit.md" lang="en"' in html
    html = reader.get("/docs/run/install.md").content.decode()
    assert '<article class="dz-doc" lang="en">' in html
    assert 'href="/docs/run/zh/install.md" lang="zh"' in html


@pytest.mark.parametrize("address", [
    "use/none.md", "README.md", "../README.md", "..%2fREADME.md", "use/../../README.md", "use/%2e%2e/%2e%2e/README.md",
    "/etc/passwd.md", "use//unit.md", "use/unit.md%00.md", "use/UNIT.md", "use/ünit.md", "pictures/README.md", "use/unit",
    "pictures/none.png", "pictures/../reference/api.md", "pictures/..%2f..%2fmanage.py", "pictures/README.md",
])  # fmt: skip
def test_nothing_else_is_read(reader, address):
    assert reader.get(f"/docs/{address}").status_code == 404


def test_a_link_out_of_the_folder_is_not_followed(tmp_path, settings):
    (tmp_path / "secret.md").write_text("# secret")
    (tmp_path / "docs" / "use").mkdir(parents=True)
    (tmp_path / "docs" / "use" / "out.md").symlink_to(tmp_path / "secret.md")
    settings.ROOT = tmp_path
    with pytest.raises(NotFound):
        docs_pages.file_of("use/out.md")


def test_html_in_a_page_is_text_and_links_go_to_pages_or_the_web(tmp_path, settings):
    page = tmp_path / "docs" / "use" / "sly.md"
    page.parent.mkdir(parents=True)
    page.write_text(
        "# Title\n\n<!-- not shown -->\n\n<script>alert(1)</script>\n\nA <b onclick=x>word</b>, "
        "[bad](javascript:alert(1)), [worse](data:text/html,x), [good](unit.md), [web](https://example.org).\n\n"
        "![a picture to come](../pictures/none.png)\n\n| a | b |\n|--:|--|\n| 1 | 2 |\n"
    )
    settings.ROOT = tmp_path
    html, _headings = docs_pages.shown("use/sly.md")
    assert "<script" not in html and "<b " not in html and "not shown" not in html
    assert "javascript:" not in html and "data:" not in html
    assert 'href="unit.md"' in html and 'href="https://example.org"' in html
    assert "<em>a picture to come</em>" in html
    assert "style=" not in html and 'align="right"' in html


def test_a_picture_is_sent_as_what_it_is(reader):
    answer = reader.get("/docs/pictures/problem-flow.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"".join(answer.streaming_content).startswith(b"<svg")
    assert reader.post("/docs/").status_code == 405


def test_a_stranger_signs_in_first(client, db):
    for address in ("/docs/", "/docs/use/unit.md", "/docs/pictures/problem-flow.svg", "/docs/nothing.md"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")
