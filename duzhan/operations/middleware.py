"""Which operation a request is about, and, for a person of the demo, what time it is there."""

from functools import cache, cached_property

from duzhan.base.clock.instants import one_telling, tell

from . import queries
from .told import instant_in

CHOSEN = "operation"  # the key in the session; its value is a code
MOST = 12  # operations offered in the bar; the rest stand in the list


class Campaign:
    """What a request knows of operations. Asked for when it is needed, once: a photo asks for nothing."""

    @cached_property
    def operations(self) -> list:
        """The newest operations this person may see; few pages ask for their areas and offices."""
        found = queries.visible_to(self.user).select_related(None) if self.user.is_authenticated else ()
        return list(found[:MOST])

    @cached_property
    def operation(self):
        """The operation that pages are about; None for somebody who may see none."""
        chosen = self.session.get(CHOSEN, "")
        for operation in self.operations:
            if operation.code == chosen:
                return operation
        older = queries.visible_to(self.user).filter(code=chosen).first() if chosen and self.operations else None
        return older or next(iter(self.operations), None)

    @cached_property
    def standing(self) -> str:
        """As what this person is here: 渝北区督导办 · 督导办."""
        return "；".join(str(post) for post in self.user.hats()) if self.user.is_authenticated else ""


@cache
def _with_campaign(kind):
    return type(kind.__name__, (Campaign, kind), {})


class CurrentOperation:
    """Middleware: `request.operation`, `request.operations`, `request.standing`. Stands after authentication."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with one_telling():
            if not hasattr(request, "user"):  # a program, which names the operation itself
                return self.get_response(request)
            request.__class__ = _with_campaign(type(request))
            if request.user.is_authenticated and request.user.is_demo and request.operation:
                tell(instant_in(request.operation))
            return self.get_response(request)
