"""Rows that are about to be written, by the hundred: without what Django does in each for forms and signals."""

from functools import cache
from operator import itemgetter

from django.db.models import NOT_PROVIDED
from django.db.models.base import ModelState


def draft(model, **told):
    """A new row of a model from what is told of it: columns (`point_id`) or rows (`point`); the rest by its defaults."""
    row = model.__new__(model)
    row._state = ModelState()
    kept, (defaults, made) = row.__dict__, _defaults(model)
    kept |= defaults
    for name, default in made:
        if name not in told:
            kept[name] = default()
    kept |= told
    references = _references(model)
    for name in references.keys() & told:
        value = row._state.fields_cache[name] = kept.pop(name)
        kept[references[name]] = None if value is None else value.pk
    return row


@cache
def _references(model):
    return {field.name: field.attname for field in model._meta.concrete_fields if field.is_relation}


@cache
def _defaults(model):
    """The columns with what stands in them by default, and (column, default) of what is made anew for each row."""
    told = {
        field.attname: field.default if field.default is not NOT_PROVIDED else field.get_default()
        for field in model._meta.concrete_fields
    }
    made = {name: default for name, default in told.items() if callable(default)}
    return dict.fromkeys(told) | {name: each for name, each in told.items() if name not in made}, tuple(made.items())


@cache
def columns_of(model) -> tuple:
    """The columns of a model, in the order of `values_of`."""
    return tuple(field.column for field in model._meta.concrete_fields)


def values_of(row) -> tuple:
    """What stands in the columns of a row, as it is to be written."""
    return _getter(type(row))(row.__dict__)


@cache
def _getter(model):
    """It takes values out of a row's attributes without a step of Python for each."""
    return itemgetter(*(field.attname for field in model._meta.concrete_fields))
