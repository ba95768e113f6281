"""Packages that not every office has: looked for where they are needed, refused in a sentence where they are missing."""

import importlib

from django.utils.translation import gettext as _

from .errors import NotFound


def extra(module, name):
    """The module, which `duzhan[name]` installs. Raises NotFound saying so where it is not there."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        words = {"module": module.partition(".")[0], "name": name}
        raise NotFound(_("这里没有装 %(module)s；请安装附加组件：pip install 'duzhan[%(name)s]'。") % words) from None
