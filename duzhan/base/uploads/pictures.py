"""What a photo shows and what the camera wrote into it; and the clean copies that are shown instead of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from django.utils.translation import gettext as _
from PIL import ExifTags, Image

from duzhan.base.clock.instants import ZONE
from duzhan.base.errors import BadInput

SIDES = {"shown": 1600, "thumbnail": 480}  # pixels, the longest side
QUALITY = {"shown": 85, "thumbnail": 80}
UPRIGHT = {  # EXIF orientation -> what turns the picture the right way up
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = {5, 6, 7, 8}  # of these, those that swap width and height
WHITE = (255, 255, 255)


@dataclass(frozen=True)
class Facts:
    """Size in pixels the right way up; when (UTC) and where (degrees, WGS-84) the camera says it was."""

    width: int
    height: int
    taken_at: datetime | None
    lat: float | None
    lon: float | None


def develop(path: Path, pillow: str) -> tuple[Facts, Mapping[str, Image.Image]]:
    """Decode a picture whole: its facts, and its clean copies by name. Raises BadInput if that fails."""
    try:
        with Image.open(path, formats=[pillow]) as image:
            if image.width * image.height > Image.MAX_IMAGE_PIXELS:
                raise _too_many_pixels()
            image.verify()  # checksums, where the format has them; afterwards the file is to be opened anew
        with Image.open(path, formats=[pillow]) as image:
            orientation = _orientation(image)
            facts = _facts(image, orientation)
            return facts, _copies(image, orientation)
    except BadInput:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception:  # a decoder fed with anything at all fails in any way at all
        raise BadInput(_("照片已损坏或没有传完，打不开；请重新拍照或上传。"), field="file") from None


def _too_many_pixels():
    most = Image.MAX_IMAGE_PIXELS // 10_000
    return BadInput(_("照片的像素太多，请缩小到 %(most)s 万像素以内。") % {"most": most}, field="file")


def _copies(image, orientation):
    # Smallest work first: a JPEG is decoded at a fraction of its size, and turned upright when it is small.
    side = SIDES["shown"]
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    upright = _bare(image)
    if orientation in UPRIGHT:
        upright = upright.transpose(UPRIGHT[orientation])
    small = upright.copy()
    small.thumbnail((SIDES["thumbnail"],) * 2, Image.Resampling.LANCZOS)
    return {"shown": upright, "thumbnail": small}


def _bare(image):
    """The pixels alone, on white where they are transparent: Pillow would carry comments over to the copy."""
    bare = Image.new("RGB", image.size, WHITE)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        bare.paste(layer, mask=layer.getchannel("A"))
    else:
        bare.paste(image.convert("RGB"))
    return bare


def save(image: Image.Image, copy: str, file) -> None:
    """Write one clean copy as JPEG, without any metadata."""
    image.save(file, "JPEG", quality=QUALITY[copy], optimize=True, progressive=True)


def _facts(image, orientation):
    width, height = reversed(image.size) if orientation in SIDEWAYS else image.size
    taken_at = _written(lambda: _taken_at(image.getexif().get_ifd(ExifTags.IFD.Exif)), None)
    lat, lon = _written(lambda: _position(image.getexif().get_ifd(ExifTags.IFD.GPSInfo)), (None, None))
    return Facts(width, height, taken_at, lat, lon)


def _orientation(image):
    return _written(lambda: int(image.getexif().get(ExifTags.Base.Orientation) or 1), 1)


def _written(read, otherwise):
    """What the camera wrote, where it can be read: where it cannot, that is no reason to refuse its photo."""
    try:
        return read()
    except Exception:
        return otherwise


def _taken_at(tags):
    text = _text(tags.get(ExifTags.Base.DateTimeOriginal) or tags.get(ExifTags.Base.DateTimeDigitized))
    try:
        zone = _offset(_text(tags.get(ExifTags.Base.OffsetTimeOriginal)))
        return datetime.strptime(text[:19], "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(text):
    """The offset a camera states, such as `+08:00`; without one its clock is taken for the country's."""
    try:
        away = datetime.strptime(text, "%z").utcoffset()
    except ValueError:
        return ZONE
    return timezone(away) if abs(away) < timedelta(hours=15) else ZONE


def _position(tags):
    gps = ExifTags.GPS
    lat = _degrees(tags.get(gps.GPSLatitude), _text(tags.get(gps.GPSLatitudeRef)), "S", 90)
    lon = _degrees(tags.get(gps.GPSLongitude), _text(tags.get(gps.GPSLongitudeRef)), "W", 180)
    # A camera without a fix writes zeros: nobody supervises in the Gulf of Guinea.
    return (lat, lon) if None not in (lat, lon) and (lat, lon) != (0, 0) else (None, None)


def _degrees(parts, side, negative, most):
    if not parts:
        return None
    degrees = sum(float(part) / 60**power for power, part in enumerate(parts[:3]))
    if not math.isfinite(degrees) or not 0 <= degrees <= most:
        return None
    return round(-degrees if side.upper() == negative else degrees, 7)


def _text(value):
    if isinstance(value, bytes):
        value = value.decode("ascii", "ignore")
    return str(value or "").strip("\0 ")
