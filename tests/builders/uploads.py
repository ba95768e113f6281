import io
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from duzhan.base.uploads.actions import receive

_shades = count()


def photo_of(person):
    """A small photo that this person has sent, different from every other one."""
    shade = next(_shades)
    picture, file = Image.new("RGB", (48, 36), (shade % 256, shade // 256 % 256, 90)), io.BytesIO()
    picture.save(file, "PNG")
    return receive(SimpleUploadedFile("photo.png", file.getvalue()), by=person)
