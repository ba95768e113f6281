"""Photos and papers of the story: drawn here, so that nobody's face, door or letter is in them."""

import io
from random import Random

from PIL import Image, ImageDraw

SKY, GROUND = (214, 226, 238), (176, 182, 190)
WALLS = ((238, 232, 220), (226, 214, 202), (232, 236, 230), (218, 222, 232))
COATS = ((64, 92, 140), (140, 76, 64), (82, 120, 88), (110, 104, 128), (60, 60, 66))


class Paper(io.BytesIO):
    """Bytes with a name, as a phone sends them."""

    def __init__(self, content, name):
        super().__init__(content)
        self.name = name


def photo(words: str, seed) -> Paper:
    """A drawn street corner, 640 by 480: a building, a tent, some figures and `words` (Latin letters) at the foot."""
    random = Random(str(seed))
    image = Image.new("RGB", (640, 480), SKY)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 330, 640, 480), GROUND)
    _building(draw, random, left=random.randint(20, 120))
    _tent(draw, left=random.randint(330, 460))
    for number in range(random.randint(3, 8)):
        _figure(draw, 70 + number * 62 + random.randint(-14, 14), random.choice(COATS))
    draw.rectangle((0, 452, 640, 480), (40, 44, 52))
    draw.text((12, 459), f"DEMO  {words}", (240, 240, 240))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=60)
    return Paper(out.getvalue(), f"{random.randrange(10**6):06}.jpg")


def _building(draw, random, left):
    top = random.randint(60, 160)
    draw.rectangle((left, top, left + 220, 340), random.choice(WALLS), (120, 120, 120))
    for row in range(top + 20, 310, 45):
        for column in range(left + 20, left + 200, 48):
            draw.rectangle((column, row, column + 26, row + 26), (150, 172, 196), (110, 120, 130))


def _tent(draw, left):
    draw.polygon([(left - 14, 262), (left + 70, 216), (left + 154, 262)], (70, 120, 180))
    draw.rectangle((left, 262, left + 140, 345), (226, 234, 244), (90, 120, 160))


def _figure(draw, left, coat):
    draw.ellipse((left, 330, left + 22, 352), (222, 196, 172))
    draw.rectangle((left - 5, 352, left + 27, 408), coat)
    draw.rectangle((left, 408, left + 22, 446), (52, 56, 66))


def sheet(title: str, lines: list[str]) -> Paper:
    """A one-page PDF (A4) with a title and lines of Chinese text, set in the reader's own Song type."""
    text = [_line(title, 20, 780)] + [_line(line, 12, 740 - 22 * number) for number, line in enumerate(lines)]
    body = "\n".join(text).encode("ascii")
    font = b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[5 0 R]>>"
    descendant = (
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/FontDescriptor 6 0 R>>"
    )
    described = (
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0"
        b"/Ascent 880/Descent -120/CapHeight 880/StemV 93>>"
    )
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 7 0 R/Resources<</Font<</F 4 0 R>>>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, font, descendant, described,
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(body), body),
    ]  # fmt: skip
    return Paper(_pdf(objects), f"{title}.pdf")


def _line(text, size, height):
    return f"BT /F {size} Tf 60 {height} Td <{text.encode('utf-16-be').hex()}> Tj ET"


def _pdf(objects):
    out, places = io.BytesIO(b""), []
    out.write(b"%PDF-1.4\n")
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    return out.getvalue()
