"""What `python3 dz` does, with nothing but the standard library: it runs before anything is installed."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts it with an older one should read why
    print("请用 Python 3.11 或更新的版本运行。\nrun this with Python 3.11 or newer.", file=sys.stderr)
    sys.exit(2)
