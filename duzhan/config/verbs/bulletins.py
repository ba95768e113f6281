"""The figures of outside bulletins, read in the language asked for."""

from django.utils.translation import gettext

from duzhan.config import reading


def read(asked):
    return reading.answer(asked, gettext)
