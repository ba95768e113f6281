"""Everything that Duzhan says in Chinese it also says in English; a message without English fails here."""

import gettext

import pytest
from django.core.management import CommandError, call_command
from django.template import Context, Template
from django.utils import translation

from duzhan.base.ui import catalogue
from duzhan.base.ui.catalogue import Message

TEMPLATE = """{% load i18n %}
{% translate "问题台账" %}{% translate '他说"好"' %}{% translate "截至" context "meeting" %}{% translate unsaid %}
{% blocktranslate with n=count|default:0 %}共 {{ n }} 件，{{ rate }}%{% endblocktranslate %}
{% blocktranslate count n=count trimmed %}
  一件
{% plural %}
  {{ n }} 件
{% endblocktranslate %}
{{ label|default:_("未定") }}{% include "x.html" with text=_('整改率 98%') %}{# {% translate "不算" %} #}
{% comment %}{% translate "也不算" %}{% endcomment %}{% verbatim %}{% translate "原样" %}{% endverbatim %}
{% translate "OK" %}
"""
PYTHON = """
_("销号"); gettext_lazy("交" "办"); ngettext("一件", "%(n)d 件", n); pgettext("meeting", "截至"); gettext_noop("2日内")
_(f"no {message}"); _(name); unrelated("不算")
"""


def texts(messages):
    return [(message.text, message.context) for message in messages]


def test_messages_of_python():
    assert texts(catalogue.python_messages(PYTHON)) == [
        ("销号", None),
        ("交办", None),
        (("一件", "%(n)d 件"), None),
        ("截至", "meeting"),
        ("2日内", None),
    ]


def test_messages_of_a_template_are_those_that_are_asked_for_at_run_time():
    found = [(text, context) for text, context in texts(catalogue.template_messages(TEMPLATE)) if text != "OK"]
    assert found == [
        ("问题台账", None),
        ('他说"好"', None),
        ("截至", "meeting"),
        ("共 %(n)s 件，%(rate)s%%", None),
        (("一件", "%(n)s 件"), None),
        ("未定", None),
        ("整改率 98%%", None),
    ]
    asked = []

    class Spy(gettext.NullTranslations):
        def gettext(self, message):
            asked.append((message.split("\x04")[-1], message.split("\x04")[0] if "\x04" in message else None))
            return message

        def ngettext(self, singular, plural, number):
            asked.append(((singular, plural), None))
            return singular

    real = translation.trans_real._active
    kept = getattr(real, "value", None)
    real.value = Spy()
    real.value.language = lambda: "en"
    try:
        source = TEMPLATE.replace(
            "{% include \"x.html\" with text=_('整改率 98%') %}", "{{ none|default:_('整改率 98%') }}"
        )
        Template(source).render(Context({"count": 2, "rate": 5}))
    finally:
        del real.value
        if kept is not None:
            real.value = kept
    assert set(found) <= set(asked)


def test_a_files_messages_are_collected_once_with_their_places(tmp_path):
    root = tmp_path / "product"
    (root / "migrations").mkdir(parents=True)
    (root / "a.py").write_text('_("销号")\n_("close")\n')
    (root / "b.html").write_text('{% load i18n %}{% translate "销号" %}')
    (root / "migrations" / "0001.py").write_text('_("不算")')
    assert [(m.text, m.places) for m in catalogue.collect(root)] == [("销号", ["product/a.py", "product/b.html"])]


def test_translations_are_kept_new_messages_come_and_old_ones_go(tmp_path):
    path = tmp_path / "django.po"
    first = catalogue.merged([Message("销号"), Message("旧话")], catalogue.read_catalogue(path))
    first.get("销号").string = "Close"
    path.write_bytes(catalogue.written(first))
    now = [Message("销号"), Message("新话"), Message(("一件", "%(n)s 件"))]
    path.write_bytes(catalogue.written(catalogue.merged(now, catalogue.read_catalogue(path))))
    kept = catalogue.read_catalogue(path)
    assert kept.get("销号").string == "Close" and kept.get("旧话") is None
    assert [message.text for message in catalogue.untranslated(now, kept)] == ["新话", ("一件", "%(n)s 件")]
    assert path.read_bytes() == catalogue.written(catalogue.merged(now, kept)), "running it again changes nothing"


@pytest.mark.parametrize("english", ["%(number)s left", "left", "还剩 %(n)s"])
def test_a_translation_that_would_break_or_mislead_is_found(tmp_path, english):
    message = Message("还剩 %(n)s")
    known = catalogue.merged([message], catalogue.read_catalogue(tmp_path / "none.po"))
    known.get(message.text).string = "%(n)s left"
    assert catalogue.misfits([message], known) == []
    known.get(message.text).string = english
    assert catalogue.misfits([message], known) == [(message, english)]


def test_every_message_has_its_english():
    missing = catalogue.untranslated(catalogue.collect(), catalogue.read_catalogue())
    assert [f"{message.places[0]}: {message.first}" for message in missing] == []


def test_every_english_sentence_fits_its_message():
    assert catalogue.misfits(catalogue.collect(), catalogue.read_catalogue()) == []


def test_the_command_points_at_what_is_missing_and_changes_nothing_when_it_only_looks(tmp_path, settings, capsys):
    settings.LOCALE_PATHS = [tmp_path / "product" / "locale"]
    (tmp_path / "product").mkdir()
    (tmp_path / "product" / "a.py").write_text('_("销号")\n')
    with pytest.raises(CommandError):
        call_command("collect_messages", "--check")
    assert not catalogue.catalogue_file().exists()
    call_command("collect_messages")
    assert "product/a.py: 销号" in capsys.readouterr().out
    assert 'msgid "销号"' in catalogue.catalogue_file().read_text()
    assert catalogue.catalogue_file().with_suffix(".mo").exists()
