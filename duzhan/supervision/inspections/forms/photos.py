"""Photos on a paper: from the camera or the album, each taken in while the paper is read, none lost when it is refused."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.errors import BadInput
from duzhan.base.uploads.actions import receive, still_wanted

MOST_PHOTOS = 9


class PhotosInput(forms.FileInput):
    """Photos from the camera or the album; those already taken in stay when the paper is shown again."""

    template_name = "inspections/widgets/photos.html"
    allow_multiple_selected = True
    kept = ()

    def __init__(self, attrs=None):
        super().__init__({"accept": "image/*", "multiple": True, **(attrs or {})})

    def value_from_datadict(self, data, files, name):
        kept = data.getlist(f"{name}-kept") if hasattr(data, "getlist") else []
        return (files.getlist(name) if hasattr(files, "getlist") else []), kept

    def get_context(self, name, value, attrs):
        return super().get_context(name, None, attrs) | {"kept": self.kept, "most": MOST_PHOTOS}


class PhotosField(forms.Field):
    """Cleans to uploads. One that cannot be taken in is named, the others stay."""

    widget = PhotosInput

    def __init__(self, person, **options):
        super().__init__(**{"required": False, "label": gettext_lazy("照片"), **options})
        self.person = person

    def clean(self, value):
        files, kept = value or ([], [])
        if len(files) + len(kept) > MOST_PHOTOS:
            raise forms.ValidationError(_("最多 %(most)s 张照片。") % {"most": MOST_PHOTOS})
        own, gone = self._own(kept)
        found, wrong = {upload.pk: upload for upload in own}, [gone] if gone else []
        for file in files:
            try:
                upload = receive(file, by=self.person)
                found[upload.pk] = upload
            except BadInput as refused:
                wrong.append(_("%(what)s：%(why)s") % {"what": file.name, "why": refused.message})
        self.widget.kept = list(found.values())
        if wrong:
            raise forms.ValidationError(wrong)
        return self.widget.kept

    def _own(self, kept):
        try:
            ids = [UUID(each) for each in kept]
        except ValueError:
            raise forms.ValidationError(_("照片的编号读不懂，请重新拍照或选择。")) from None
        return still_wanted(ids, by=self.person)
