"""数的写法: a figure as people write it, vague where it was vague."""

BEHIND = ("余", "多")


def written(figure) -> str:
    """310余个, 近1000人, 98.85%."""
    value, approx = figure["value"], figure["approx"] or ""
    number = f"{value:g}" if value != int(value) else str(int(value))
    unit = figure["unit"]
    if approx in BEHIND:
        return f"{number}{approx}{unit}"
    return f"{number}{unit}{approx}" if approx == "以上" else f"{approx}{number}{unit}"


def said(figure) -> str:
    """As a self-report takes it: 310余, 近1000; without the counter."""
    approx = "超过" if figure["approx"] == "以上" else figure["approx"]
    return written({**figure, "unit": "", "approx": approx})
