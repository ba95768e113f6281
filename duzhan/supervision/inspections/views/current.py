"""The operation that these pages are about."""

from django.utils.translation import gettext as _

from duzhan.base.errors import NotAllowed


def operation_of(request):
    """The current operation. Raises NotAllowed for somebody who may see none."""
    if request.operation is None:
        raise NotAllowed(_("您现在的岗位看不到任何行动；请联系系统管理员任命岗位。"))
    return request.operation
