"""What a browser sends from the paper of a visit."""

import io
from itertools import count
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

_shades = count()


def photo(name="a.png"):
    shade, file = next(_shades), io.BytesIO()
    Image.new("RGB", (40, 30), (shade % 256, shade // 256, 7)).save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), "image/png")


def paper_of(cast, **more):
    """What a browser sends for a visit to the sampling point without any problem."""
    return {
        "id": str(uuid4()),
        "difficulty": "none",
        "purpose": "inspect",
        "visited_at": "2022-11-25 12:00",
        "method": "",
    } | more


def no_to(code, cast, **more):
    """An answer "no" with its sheet as it stands when the paper is opened."""
    sheet = {"title": "采样点排队人员聚集", "unit": cast.bodies["street"].pk, "due": ""} | more
    return {f"q_{code}": "no"} | {f"p_{code}-{name}": value for name, value in sheet.items()}


def further(number, cast, **more):
    sheet = {
        "title": "值班电话无人接听", "klass": "ordinary", "field": "command", "cause": "responsibility",
        "unit": cast.bodies["street"].pk, "due": "",
    } | more  # fmt: skip
    return {f"x_{number}-{name}": value for name, value in sheet.items()}
