"""What is typed about an outside text: the text itself, a figure put right, what is filed."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.ui.fields import InstantField, add_refusal
from duzhan.insight.briefing.queries.self_reports import KEYS

from .actions import APPROX
from .amounts import written
from .instants import instant_of
from .kinds import LABELS, label_of
from .queries.parts import bodies_of
from .queries.seen import place_of


class AskingForm(forms.Form):
    """A form whose request is answered once, and which shows a refusal where it belongs."""

    request_key = forms.UUIDField(widget=forms.HiddenInput({"id": False}), initial=uuid4, required=False)

    def refuse(self, refused):
        add_refusal(self, refused)


class BodyField(forms.ModelChoiceField):
    def label_from_instance(self, body):
        return body.name


class TakeInForm(AskingForm):
    """收录: pasted or uploaded, never both."""

    words = forms.CharField(
        label=gettext_lazy("粘贴正文"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 12}),
        max_length=600_000,
    )
    file = forms.FileField(
        label=gettext_lazy("或选择文件"), required=False, allow_empty_file=True,
        help_text=gettext_lazy("网页、文本、DOCX 或有文字的 PDF；编码自动辨认。"),
        widget=forms.FileInput({"accept": ".txt,.htm,.html,.shtml,.docx,.pdf,text/plain,text/html"}),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("名称"), required=False, max_length=120, help_text=gettext_lazy("不填就用正文第一行。")
    )
    body = BodyField(None, label=gettext_lazy("谁发的"), required=False, empty_label=gettext_lazy("不是下级机构"))
    said_at = InstantField(
        label=gettext_lazy("发布时刻"), required=False,
        help_text=gettext_lazy("正文里没有年份、只写“21日”“昨日”的，按它推定；不填就不推定。"),
    )  # fmt: skip
    is_ours = forms.BooleanField(label=gettext_lazy("这是我方拟稿，发布前与台账核对"), required=False)

    def __init__(self, operation, *arguments, **options):
        super().__init__(*arguments, **options)
        self.fields["body"].queryset = bodies_of(operation)
        self.fields["said_at"].zone = operation.tz

    def clean(self):
        told = super().clean()
        if bool(told.get("file")) == bool((told.get("words") or "").strip()):
            self.add_error("words", _("请粘贴正文，或者选择一个文件，二者取一。"))
        return told

    @property
    def said(self):
        return {name: self.cleaned_data[name] for name in ("words", "file", "name", "body", "said_at", "is_ours")}


class FigureForm(AskingForm):
    """One figure as a person reads it."""

    type = forms.ChoiceField(label=gettext_lazy("种类"), choices=lambda: list(LABELS.items()))
    value = forms.DecimalField(label=gettext_lazy("数值"), max_digits=15, decimal_places=4)
    approx = forms.ChoiceField(
        label=gettext_lazy("约略"), required=False, choices=[(word, word or gettext_lazy("确数")) for word in APPROX]
    )
    unit = forms.CharField(label=gettext_lazy("单位"), required=False, max_length=10)
    scope = forms.CharField(label=gettext_lazy("属于谁"), required=False, max_length=60)
    as_of = InstantField(label=gettext_lazy("截至"), required=False)

    def __init__(self, operation, *arguments, **options):
        super().__init__(*arguments, **options)
        self.operation = operation
        self.fields["as_of"].zone = operation.tz

    @classmethod
    def about(cls, bulletin, figure, posted=None):
        """The form of one figure, filled in with what was read."""
        initial = {**figure, "approx": figure["approx"] or "", "as_of": instant_of(figure["as_of"], bulletin.operation)}
        return cls(bulletin.operation, posted, initial=initial)

    @property
    def said(self):
        told = {name: self.cleaned_data[name] for name in ("type", "value", "approx", "unit", "scope")}
        at = self.cleaned_data["as_of"]
        return told | {
            "as_of": at.astimezone(self.operation.tz).replace(tzinfo=None).isoformat("T", "minutes") if at else None
        }


class AddForm(FigureForm):
    """补标: a figure that was not read, by the words it stands in."""

    piece = forms.CharField(label=gettext_lazy("原文里的字"), max_length=200)
    before = forms.CharField(widget=forms.HiddenInput, required=False, strip=False, max_length=200)
    field_order = ("piece", "type", "value", "approx", "unit", "scope", "as_of")

    def __init__(self, bulletin, *arguments, **options):
        super().__init__(bulletin.operation, *arguments, **options)
        self.bulletin = bulletin

    def clean(self):
        told = super().clean()
        if told.get("piece"):
            told["span"] = place_of(self.bulletin, told["piece"], told.get("before", ""))
            if told["span"] is None:
                self.add_error("piece", _("正文里找不到这几个字，或者它们已经标过；请照原文抄写。"))
        return told


class FileForm(AskingForm):
    """报送: for each number of a self-report, which figure of the text it is."""

    body = BodyField(None, label=gettext_lazy("以谁的名义"), empty_label=None)
    as_of = InstantField(label=gettext_lazy("截至"))

    def __init__(self, bulletin, bodies, *arguments, **options):
        super().__init__(*arguments, **options)
        self.fields["body"].queryset = bodies
        self.fields["as_of"].zone = bulletin.operation.tz
        for key in KEYS:
            candidates = [(number, each) for number, each in bulletin.standing if each["type"] == key]
            if candidates:
                choices = [
                    (str(number), f"{written(each)} · {each['scope']}".strip(" ·")) for number, each in candidates
                ]
                self.fields[key] = forms.ChoiceField(
                    label=label_of(key),
                    required=False,
                    choices=[("", _("不报")), *choices],
                    initial=_likeliest(bulletin, candidates),
                )

    @property
    def keys(self):
        return [name for name in self.fields if name in KEYS]

    @property
    def chosen(self):
        return {key: int(self.cleaned_data[key]) for key in self.keys if self.cleaned_data[key]}


def _likeliest(bulletin, candidates):
    """The only one, else the first of the body's own."""
    if len(candidates) == 1:
        return str(candidates[0][0])
    name = bulletin.body.name if bulletin.body else ""
    own = [number for number, each in candidates if each["scope"] and (each["scope"] in name or name in each["scope"])]
    return str(own[0]) if own else ""


class NoteForm(AskingForm):
    note = forms.CharField(label=gettext_lazy("核对情况"), max_length=1000, widget=forms.Textarea({"rows": 2}))
