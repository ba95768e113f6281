"""{% load ui %}: how templates write instants, spans, numbers and pictures.

The zone is that of the operation given as the argument: {{ problem.due_at|instant_short:operation }}.
"""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now
from duzhan.base.ui import drawings, spelling
from duzhan.base.ui.context import address_of_page
from duzhan.base.ui.fields import dress

register = template.Library()


@register.simple_tag
def in_parts() -> bool:
    """Are style sheets and scripts sent one by one, as they stand in the tree? Only to whoever is writing them."""
    return settings.DEBUG


# ---------- instants: running text, table, seal, field ----------


def _written(write):
    def written(at, place=None):
        return write(at, place) if at else spelling.NOTHING

    return written


register.filter("instant", _written(spelling.running_instant))
register.filter("instant_short", _written(spelling.short_instant))
register.filter("instant_seal", _written(spelling.seal_instant))
register.filter("instant_field", _written(spelling.field_instant))
register.filter("clock_time", _written(spelling.time_of_day))
register.filter("zone_name", spelling.zone_name)


@register.filter
def iso(at):
    """For <time datetime>."""
    return at.isoformat() if at else ""


@register.filter
def day(on, place=None):
    """A day, or the day an instant falls on: 11月25日."""
    return spelling.day_text(_day(on, place)) if on else spelling.NOTHING


@register.filter
def day_year(on, place=None):
    """2022年11月25日"""
    return spelling.day_text(_day(on, place), with_year=True) if on else spelling.NOTHING


@register.filter
def weekday(on, place=None):
    """星期五"""
    return spelling.weekday_text(_day(on, place)) if on else spelling.NOTHING


def _day(on, place):
    return on.astimezone(spelling.zone_of(place)).date() if hasattr(on, "astimezone") else on


@register.simple_tag
def instant_read(at, operation=None, as_of=None):
    """An instant in a table that is read as of another instant: the month is left out where it is the same."""
    return spelling.short_instant(at, operation, read_at=as_of) if at else spelling.NOTHING


# ---------- counters ----------


@register.filter
def counter(unit):
    """What stands behind a number of things: ` 个`, ` 件` where nothing is said; English does without."""
    return "" if spelling.in_english() else f" {unit or '件'}"


# ---------- spans ----------


@register.filter
def duration(span):
    """A timedelta: 3小时20分."""
    return spelling.NOTHING if span is None else spelling.span_text(span)


@register.filter
def left(due_at, at=None):
    """还剩 3小时20分 or 超期 5小时, as text only; see {% time_left %} for the cell."""
    return spelling.time_left(due_at, at=at).text


@register.inclusion_tag("ui/left.html")
def time_left(due_at=None, at=None, paused_at=None, waiting_since=None, started_at=None, done_at=None):
    """The cell 时限: 还剩, 超期, 暂停中, 已等, 用时 (first that is so), with its weight and colour."""
    told = spelling.time_left(
        due_at,
        at=at,
        paused_at=paused_at,
        waiting_since=waiting_since,
        started_at=started_at,
        done_at=done_at,
    )
    return {"left": told}


# ---------- small components, many times on a page ----------


@register.simple_tag
def piece(template_name, **values):
    """A component that depends on nothing but these values (and the language): {% piece "ui/stage.html" word=… step=… %}.

    As `include`, but drawn once for the same values: rows of a table differ in little, lists to choose from hardly change.
    A value can be hashed, and holds no safe text within.
    """
    told = tuple((name, type(value), value) for name, value in values.items())  # of a safe text the type tells
    return _drawn(template_name, get_language(), told)


@lru_cache(2048)
def _drawn(template_name, _language, told):
    return get_template(template_name).render({name: value for name, _kind, value in told})


# ---------- numbers, digests ----------

register.filter("number", spelling.number_text)
register.filter("grouped", spelling.grouped_text)
register.filter("signed", spelling.signed_text)
register.filter("ratio", spelling.ratio_text)
register.filter("digest_groups", spelling.digest_text)


@register.filter
def digest_short(digest):
    """The first eight characters: c41e 07b9."""
    return spelling.digest_text(digest, 2)


@register.filter
def minus(number, other):
    """The difference of two counts, for an identity that does not hold."""
    return (number or 0) - (other or 0)


@register.filter
def get(mapping, key):
    """mapping[key], empty where it is missing."""
    return mapping.get(key, "") if mapping else ""


# ---------- pictures ----------


@register.simple_tag
def spark(values, label=""):
    """The days behind a figure as bars."""
    return drawings.spark(values or (), label or _("近七日"))


@register.simple_tag
def gauge(started_at, due_at, at=None, pauses=()):
    """The clock bar of one thing."""
    return drawings.gauge(started_at, due_at, at or now(), pauses or ())


@register.simple_tag
def qr(text, label=""):
    """A QR code of a text or an address."""
    return drawings.qr(text, label or _("二维码"))


# ---------- fields, addresses ----------


@register.inclusion_tag("ui/field.html")
def field(bound, label=None, help_text=None, wide=False):
    """A field of a form: label, input in our clothes, hint, errors."""
    return {"field": bound, "label": label, "help_text": help_text, "wide": wide}


@register.filter
def dressed(bound):
    """The bare input of a bound field in our clothes."""
    return dress(bound)


@register.filter
def input_kind(bound):
    """What sort of input a bound field is: text, checkbox, radio, select …"""
    return getattr(bound.field.widget, "input_type", None) or type(bound.field.widget).__name__.lower()


@register.simple_tag
def page_url(name, *args):
    """The address of a page, or nothing where the product is run without it."""
    return address_of_page(name, *args)
