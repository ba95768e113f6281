"""编码: which encoding a text came in."""


def decoded(given):
    """(text, encoding), or (None, None) when these bytes are no text."""
    if given.startswith(b"\xef\xbb\xbf"):
        return given[3:].decode("utf-8", "replace"), "utf-8"
    for encoding in ("utf-8", "gb18030", "big5hkscs"):
        try:
            return given.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return None, None
