"""Rows that are about to be written, by the hundred: without what Django does in each for forms and signals."""

from functools import cache

from django.db.models import NOT_PROVIDED
from django.db.models.base import ModelState


def draft(model, **told):
    """A new row of a model from what is told of it: columns (`point_id`) or rows (`point`); the rest by its defaults."""
    row = model.__new__(model)
    row._state = ModelState()
    kept = row.__dict__
    for name, default, is_made in _defaults(model):
        kept[name] = default() if is_made and name not in told else default
    references = _references(model)
    for name, value in told.items():
        if name in references:
            row._state.fields_cache[name] = value
            kept[references[name]] = None if value is None else value.pk
        else:
            kept[name] = value
    return row


@cache
def _references(model):
    return {field.name: field.attname for field in model._meta.concrete_fields if field.is_relation}


@cache
def _defaults(model):
    """(column, default, whether the default is made anew for each row)"""
    told = []
    for field in model._meta.concrete_fields:
        default = field.default if field.default is not NOT_PROVIDED else field.get_default()
        told.append((field.attname, default, callable(default)))
    return tuple(told)


def columns_of(row) -> dict:
    """The columns of a row, as they are to be written."""
    kept = row.__dict__
    return {column: kept[name] for column, name in _columns(type(row))}


@cache
def _columns(model):
    return tuple((field.column, field.attname) for field in model._meta.concrete_fields)
