"""Whatever bytes come in, the answer is a sort of file or a sentence, never an error of ours."""

import io
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duzhan.base.errors import BadInput
from duzhan.base.uploads import contents, names, pictures
from tests.base.uploads import made_files as made

SOUND = {
    "JPEG": made.encoded(made.noise((40, 30)), exif=made.exif(6, gps=made.gps_of())),
    "PNG": made.encoded(made.noise((40, 30)), "PNG", exif=made.exif(3, gps=made.gps_of())),
    "WEBP": made.encoded(made.noise((40, 30)), "WEBP", exif=made.exif(8)),
    "PDF": made.PDF,
    "DOCX": made.docx(),
    "XLSX": made.xlsx(),
}
laws = settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def damaged(draw):
    """A sound file with some bytes changed, cut out or doubled, and perhaps its end torn off."""
    content = bytearray(draw(st.sampled_from(list(SOUND.values()))))
    for _each in range(draw(st.integers(1, 12))):
        # Heads are small and say the most: half of the damage goes there.
        most = draw(st.sampled_from([60, len(content)]))
        start = draw(st.integers(0, max(0, min(most, len(content)) - 1)))
        length = draw(st.integers(0, 8))
        content[start : start + length] = draw(st.binary(max_size=8))
    return bytes(content[: draw(st.integers(len(content) // 2, len(content)))])


def looked_at(path, content, name="a"):
    path.write_bytes(content)
    sort = contents.recognise(path)
    names.cleaned(name, sort)
    if sort.pillow:
        facts, copies = pictures.develop(path, sort.pillow)
        for copy, image in copies.items():
            pictures.save(image, copy, io.BytesIO())
            assert max(image.size) <= pictures.SIDES[copy]
        assert min(facts.width, facts.height) >= 1
    return sort


@pytest.mark.parametrize("label", SOUND)
def test_the_sound_ones_are_sound(tmp_path, label):
    assert looked_at(tmp_path / "file", SOUND[label]).label.upper() == label


@laws
@given(content=damaged() | st.binary(max_size=300))
def test_damage_is_answered(tmp_path, content):
    try:
        looked_at(tmp_path / "file", content)
    except BadInput as refusal:
        assert str(refusal).endswith("。")


@laws
@given(name=st.text(max_size=200))
def test_any_name_is_cleaned_or_refused(name):
    try:
        cleaned = names.cleaned(name, contents.JPEG)
    except BadInput:
        return
    assert 0 < len(cleaned) <= names.LONGEST
    assert cleaned.endswith(contents.JPEG.endings)
    assert not {unicodedata.category(sign) for sign in cleaned} & names.INVISIBLE
    assert not set(cleaned) & set('/\\<>:"|?*')
    assert not cleaned.startswith(".")
    assert names.cleaned(cleaned, contents.JPEG) == cleaned
