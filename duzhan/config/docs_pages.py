"""The documentation as it lies in `docs/`: which pages there are, in which languages, and how one is shown.

`docs/` stands beside the product in a source checkout and in an installed wheel alike (`settings.ROOT`). Only files
of that folder with plain names are ever read. Raw HTML in a page is shown as text.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

import markdown
from django.conf import settings
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from markdown.extensions.fenced_code import FencedCodeExtension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension, slugify_unicode
from markdown.treeprocessors import Treeprocessor

from duzhan.base.errors import NotFound

SECTIONS = {
    "use": _("使用"),
    "run": _("安装和运行"),
    "build": _("修改代码"),
    "reference": _("查阅"),
    "decisions": _("决定和理由"),
}
LANGUAGES = ("zh", "en")
ADDRESS = re.compile(r"(?:[a-z0-9-]+/){1,2}[a-z0-9-]+\.md", re.ASCII)
PICTURE = re.compile(r"[a-z0-9-]+\.(?:png|svg)", re.ASCII)
LISTED = re.compile(r"\]\(([\w/-]+\.md)\)")
COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One page: its address below docs/, which is also its address in the product, its title and first sentence."""

    address: str
    title: str
    lead: str


def folder() -> Path:
    """Where the documentation lies."""
    return Path(settings.ROOT) / "docs"


def contents(language) -> list:
    """The sections with their pages, each in the reader's language where there is one: [(label, [Page])]."""
    return [(label, section(name, language)) for name, label in SECTIONS.items()]


def section(name, language) -> list[Page]:
    """The pages of one section, in the order of docs/README.md."""
    order = LISTED.findall((folder() / "README.md").read_text(encoding="utf-8"))
    own = {f"{name}/{path.name}" for path in (folder() / name).glob("*.md")}
    return [_page(_in_language(each, language)) for each in dict.fromkeys(order) if each in own]


def languages_of(address) -> dict:
    """The same page in each language: {language: address}. A page without a sister speaks one language alone."""
    base = PurePosixPath(address)
    home = base.parent.parent if base.parent.name in LANGUAGES else base.parent
    sisters = {language: str(home / language / base.name) for language in LANGUAGES}
    found = {language: address for language, address in sisters.items() if (folder() / address).is_file()}
    for language in LANGUAGES:
        if found and language not in found:
            found[language] = str(home / base.name)
    return {language: found[language] for language in LANGUAGES if language in found}


def language_of(address) -> str:
    """What a page is written in: its own language among its sisters, else English."""
    return next((language for language, each in languages_of(address).items() if each == address), "en")


def _in_language(address, language):
    return languages_of(address).get(language, address)


def _page(address):
    text = COMMENT.sub("", (folder() / address).read_text(encoding="utf-8"))
    title, _newline, rest = text.partition("\n")
    paragraphs = (each.strip() for each in re.split(r"\n\s*\n", rest))
    lead = next((each for each in paragraphs if each and each[0] not in "#|!-*`"), "")
    return Page(address, title.removeprefix("# ").strip(), _spoken(lead))


def _spoken(text):
    """The first sentence, as plain words."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(text.split())).replace("`", "").replace("*", "")
    return re.split(r"(?<=。)|(?<=\.) ", words)[0].rstrip(":")


def file_of(address) -> Path:
    """The file of a page. Raises NotFound for anything that is not one of our pages."""
    return _own(folder() / address, ADDRESS.fullmatch(address))


def picture_of(name) -> Path:
    """The file of a picture. Raises NotFound for anything that is not one of our pictures."""
    return _own(folder() / "pictures" / name, PICTURE.fullmatch(name))


def _own(path, is_named_well):
    if not is_named_well or not path.is_file() or not path.resolve().is_relative_to(folder().resolve()):
        raise NotFound(_("文档里没有这一页。"))
    return path


def shown(address) -> tuple:
    """A page as HTML, and its headings below the title: (html, [{"id", "name"}]). Raises NotFound."""
    path = file_of(address)
    return _rendered(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _rendered(path, _changed):
    reader = markdown.Markdown(extensions=[
        FencedCodeExtension(),
        TableExtension(use_align_attribute=True),
        TocExtension(slugify=slugify_unicode, toc_depth="2-2"),
    ], output_format="html")  # fmt: skip
    reader.preprocessors.deregister("html_block")
    reader.inlinePatterns.deregister("html")
    reader.treeprocessors.register(_Links(reader, path.parent), "links", 1)
    html = reader.convert(COMMENT.sub("", path.read_text(encoding="utf-8")))
    return mark_safe(html), [{"id": each["id"], "name": each["name"]} for each in reader.toc_tokens]


class _Links(Treeprocessor):
    """Links lead within the documentation or to the web; a picture that is not there yet is told by its words."""

    def __init__(self, reader, home):
        super().__init__(reader)
        self.home = home

    def run(self, root):
        for link in root.iter("a"):
            if not re.match(r"https?://|[^:]*$", link.get("href", "")):
                del link.attrib["href"]
        for picture in root.iter("img"):
            if not (self.home / picture.get("src", "")).is_file():
                words = picture.get("alt", "")
                picture.clear()
                picture.tag, picture.text = "em", words
