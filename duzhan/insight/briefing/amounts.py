"""Numbers as people report them: 310余, 近千 as 近1000, 1.2万多. What is vague stays vague (M113)."""

import re
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput

TIMES = {None: 1, "万": 10_000, "亿": 100_000_000}
SAME = {"逾": "多", "超": "多", "超过": "多"}  # words that say the same as another
OVER = {"余", "多"}
MOST = 10**12
AMOUNT = re.compile(
    r"(?P<before>近|约|达|逾|超过|超)?(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?P<times>万|亿)?(?P<after>余|多)?"
)
HALF_WIDTH = str.maketrans("０１２３４５６７８９．，", "0123456789.,", "\u2009")


@dataclass(frozen=True)
class Amount:
    """A number as it was said. `approx`: 余 a little over, 多 more than, 近 nearly, 达 as many as, 约 about, "" exactly."""

    value: int
    approx: str
    text: str

    def as_json(self) -> dict:
        return asdict(self)


def read(text, field="figures") -> Amount:
    """Read what was said. Raises BadInput for anything that is not one whole number."""
    said = str(text).strip()
    found = AMOUNT.fullmatch(said.translate(HALF_WIDTH))
    value = Decimal(found["number"].replace(",", "")) * TIMES[found["times"]] if found else None
    if value is None or value != int(value) or value > MOST or (found["before"] and found["after"]):
        raise BadInput(_("“%(text)s”不是数；可写 310、310余、近1000、1.2万多。") % {"text": said[:40]}, field=field)
    approx = found["before"] or found["after"] or ""
    return Amount(int(value), SAME.get(approx, approx), said)


def total(amounts) -> Amount:
    """Their sum, as vague as they are: all 余 or 多 gives 余, all 近 gives 近, a mixture 约."""
    amounts = list(amounts)
    value, vague = sum(amount.value for amount in amounts), {amount.approx for amount in amounts} - {"", "达"}
    if not vague:
        approx = ""
    elif vague <= OVER:
        approx = "余"
    else:
        approx = "近" if vague == {"近"} else "约"
    return Amount(value, approx, written(value, approx))


def written(value, approx) -> str:
    """310余, 近1000."""
    return f"{value}{approx}" if approx in OVER else f"{approx}{value}"
