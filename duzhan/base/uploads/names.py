"""What a file is called: no paths, nothing invisible, an ending that tells the truth."""

import re
import unicodedata

from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput
from duzhan.base.uploads.contents import Sort

LONGEST = 120  # characters
INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control, direction and zero width, lone surrogates, line ends
UNWANTED = re.compile(r'[<>:"|?*]')
ENDING = re.compile(r"\.(?=[0-9]*[a-z])[a-z0-9]{1,5}", re.IGNORECASE)


def cleaned(name, sort: Sort) -> str:
    """The last part of `name` with everything unprintable out of it, ending as files of this sort do.

    A name without an ending gets one. Raises BadInput when the ending says something else than the content.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", str(name or "").replace("\ufffd", "")))[-1]
    visible = "".join(sign for sign in last if unicodedata.category(sign) not in INVISIBLE)
    stem, ending = _parted(UNWANTED.sub("_", visible).strip())
    if ending and ending.lower() not in sort.endings:
        raise BadInput(
            _("“%(name)s”的扩展名与内容不符：内容是 %(label)s。请改正扩展名或换一个文件。")
            % {"name": (stem + ending)[-60:], "label": sort.label},
            field="file",
        )
    ending = ending or sort.endings[0]
    stem = stem.strip(". ")[: LONGEST - len(ending)].rstrip(". ")
    return (stem or _("附件")) + ending.lower()


def _parted(name):
    dot = name.rfind(".")
    if dot >= 0 and ENDING.fullmatch(name[dot:]):
        return name[:dot], name[dot:]
    return name, ""
