"""Every refusal of the product. Pages, the API and the command line say the same sentence from here."""

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """What was asked is not done, and nothing has changed.

    `message` is a finished sentence for a person: why not, and what to do. `details` is for programs.
    """

    status = 409
    code = "refused"

    def __init__(self, message, **details):
        super().__init__(message)
        self.message = message
        self.details = details

    def __str__(self):
        return str(self.message)


class BadInput(Refused):
    """What was typed, sent or uploaded cannot be read as meant."""

    status = 400
    code = "bad_input"


class NotAllowed(Refused):
    """This person may not do this."""

    status = 403
    code = "not_allowed"


class NotFound(Refused):
    """There is no such thing, or none that this person may see: the two are not told apart."""

    status = 404
    code = "not_found"

    def __init__(self, message=_("没有这条记录，或您无权查看。"), **details):
        super().__init__(message, **details)


class CannotMove(Refused):
    """The thing is not at a stage from which this move starts."""

    code = "cannot_move"


class Conflict(Refused):
    """Somebody else was faster, or a request id is used for a second purpose."""

    code = "conflict"
