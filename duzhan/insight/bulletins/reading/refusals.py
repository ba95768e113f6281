"""读不了: why a file cannot be read, in a finished sentence for a person."""


def _(sentence):
    """Marks a sentence for translation; whoever shows it translates it."""
    return sentence


class Unreadable(Exception):
    """What was given has no text to read; the sentence says why and what to do."""
