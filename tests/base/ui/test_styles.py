"""Every pair of colours in use can be read in every theme; nothing is fetched from elsewhere; no token is invented."""

import re
from pathlib import Path

import pytest

from duzhan.base import ui

STATIC = Path(ui.__file__).parent / "static" / "ui"
TEMPLATES = Path(ui.__file__).parent / "templates"
SHEETS = sorted((STATIC / "css").glob("*.css"))
THEMES = ("light", "dark", "sunlight")
GROUNDS = ("ground", "surface", "surface-2", "accent-soft")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent", "alarm") for ground in GROUNDS),
    ("accent-strong", "accent-soft"), ("accent-strong", "surface"), ("accent-strong", "ground"),
    ("on-accent", "accent-fill"), ("on-accent", "accent-fill-hover"), ("on-alarm", "alarm"),
    ("map-ink", "map-0"), ("map-ink", "map-1"), ("map-ink", "map-2"), ("qr-ink", "qr-ground"),
]  # fmt: skip
EDGES = [
    *(("line-control", ground) for ground in ("ground", "surface", "surface-2")),
    *(("accent", ground) for ground in GROUNDS),
    ("alarm", "surface"), ("accent", "rest"), ("alarm", "rest"), ("alarm", "map-0"),
    ("surface", "alarm"),  # the ring around the red dot on a map
]  # fmt: skip


def without_comments(css):
    return re.sub(r"/\*.*?\*/", "", css, flags=re.S)


def declared(selector_pattern):
    tokens = {}
    for selector, body in re.findall(
        r"([^{}]+)\{([^{}]*)\}", without_comments((STATIC / "css/tokens.css").read_text())
    ):
        if re.search(selector_pattern, selector):
            tokens |= dict(re.findall(r"--dz-([\w-]+):\s*([^;]+);", body))
    return tokens


def colours(theme):
    tokens = declared(r":root, \[data-theme\]")
    return tokens if theme == "light" else tokens | declared(rf'\[data-theme="{theme}"\]')


def luminance(colour):
    digits = colour.strip().lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (EDGES, 3.0)], ids=["text", "edges"])
def test_every_pair_can_be_read(theme, pairs, least):
    tokens = colours(theme)
    measured = {f"{ink} on {ground}": round(contrast(tokens[ink], tokens[ground]), 2) for ink, ground in pairs}
    assert {pair: ratio for pair, ratio in measured.items() if ratio < least} == {}


def test_contrast_is_measured_as_wcag_measures_it():
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


def test_every_theme_sets_every_colour_that_changes_with_it():
    dark, light = colours("dark"), colours("light")
    same = {name for name in dark if dark[name].startswith("#") and dark[name] == light[name]}
    assert same == {"on-accent", "qr-ink", "qr-ground"}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_sheet_uses_only_tokens_that_exist_and_files_that_are_there(sheet):
    css = without_comments(sheet.read_text())
    known = set(declared(r":root, \[data-theme\]"))
    assert set(re.findall(r"var\(--dz-([\w-]+)", css)) <= known | {"row"}
    for url in re.findall(r"url\(\"?([^)\"]+)", css):
        assert not url.startswith(("data:", "http", "//")) and (sheet.parent / url).exists()
    if sheet.name not in ("tokens.css", "print.css"):
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b", css) == [], "colours have names"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_nothing_is_smaller_than_13_pixels(sheet):
    css = without_comments(sheet.read_text())
    small = [size for size in re.findall(r"font-size:\s*(\.\d+)rem", css) if float(size) < 0.8125]
    assert small == []


def test_every_house_class_in_a_template_is_in_a_sheet():
    styled = set(re.findall(r"\.(dz-[\w-]+)", "".join(without_comments(sheet.read_text()) for sheet in SHEETS)))
    hooks = {"dz-says", "dz-form-acts", "dz-asat"}
    for template in TEMPLATES.rglob("*.html"):
        for value in re.findall(r'class="([^"]*)"', re.sub(r"{#.*?#}", "", template.read_text())):
            used = {word for word in re.sub(r"{%.*?%}|{{.*?}}", " ", value).split() if word.startswith("dz-")}
            assert used <= styled | hooks, template


def test_scripts_evaluate_nothing_and_reach_no_other_host():
    for script in (STATIC / "js").glob("*.js"):
        code = re.sub(r"//.*", "", script.read_text().replace("http://www.w3.org/2000/svg", ""))
        assert not re.search(
            r"\beval\(|new Function|innerHTML|insertAdjacentHTML|https?:|setAttribute\(\"style\"", code
        ), script
