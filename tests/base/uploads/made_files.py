"""Files as phones, offices and attackers make them."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from PIL import Image, TiffImagePlugin

GATE = (29.718056, 106.631944)  # north 29° 43′ 5″, east 106° 37′ 55″
TAKEN = {0x9003: "2022:11:25 09:15:30", 0x9011: "+08:00"}
SECRET = "SECRET-7Q4"
DOCUMENT_TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def sent(content, name="photo.jpg"):
    """As it arrives with a form."""
    return SimpleUploadedFile(name, content)


def picture(size=(64, 48), mode="RGB"):
    """Left half red, right half blue."""
    image = Image.new("RGB", size, (0, 0, 255))
    image.paste((255, 0, 0), (0, 0, size[0] // 2, size[1]))
    return image.convert(mode)


def noise(size):
    """Pixels that do not compress, so that a file has a body to be cut in."""
    return Image.effect_noise(size, 90).convert("RGB")


def exif(orientation=None, taken=TAKEN, gps=None):
    """What a camera writes: also a description, which nobody is to see on the copy."""
    tags = Image.Exif()
    tags[0x010E] = SECRET
    if orientation:
        tags[0x0112] = orientation
    tags.get_ifd(0x8769).update(taken or {})
    tags.get_ifd(0x8825).update(gps or {})
    return tags


def gps_of(lat_parts=(29, 43, 5), north="N", lon_parts=(106, 37, 55), east="E"):
    def rational(parts):
        return tuple(TiffImagePlugin.IFDRational(*(part if isinstance(part, tuple) else (part, 1))) for part in parts)

    return {1: north, 2: rational(lat_parts), 3: east, 4: rational(lon_parts)}


def encoded(image=None, format="JPEG", **more):
    file = io.BytesIO()
    (image or picture()).save(file, format, **more)
    return file.getvalue()


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def docx(**more):
    entries = {"[Content_Types].xml": DOCUMENT_TYPES, "word/document.xml": "<w:document/>"}
    return zipped(entries | {name.replace("__", "/"): content for name, content in more.items()})


def docx_with(entries):
    return zipped({"[Content_Types].xml": DOCUMENT_TYPES, "word/document.xml": "<w:document/>"} | entries)


def xlsx(rows=20):
    book = Workbook()
    for number in range(rows):
        book.active.append([number, "双龙湖街道", "已整改"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def huge_png(side=10_000):
    """A hundred million pixels in a few kilobytes."""
    file = io.BytesIO()
    Image.new("1", (side, side)).save(file, "PNG")
    return file.getvalue()


def png_claiming(width, height):
    """A PNG whose header promises more pixels than any machine has memory for."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    header = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + header + struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))


def lying_docx():
    """An entry that unpacks to more than its header says, in both places where the header says it."""
    whole = bytearray(docx_with({"word/media.bin": b"\0" * 5_000_000}))
    size = struct.pack("<I", 5_000_000)
    return bytes(whole.replace(size, struct.pack("<I", 100)))


def overlapping_docx(copies=40):
    """Many entries in the directory that all share one packed body, as the densest bombs do."""
    whole = docx_with({"word/media.bin": b"\0" * 200_000})
    end = whole.rindex(b"PK\x05\x06")
    start = struct.unpack("<I", whole[end + 16 : end + 20])[0]
    directory = whole[start:end]
    entry = directory[directory.rindex(b"PK\x01\x02") :]
    more = b"".join(entry.replace(b"media.bin", b"med%02d.bin" % number) for number in range(copies))
    records, size = 3 + copies, len(directory) + len(more)
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, records, records, size, start, 0)
    return whole[:end] + more + tail


def encrypted_docx():
    """The flag of an encrypted entry set, in both places."""
    whole = bytearray(docx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = whole.rindex(mark)
        whole[place + offset] |= 1
    return bytes(whole)


def on_disk(folder):
    """Every file below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
