"""What is typed to start and direct an operation, and to appoint the people who act in it."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.clock.instants import ZONE
from duzhan.base.errors import NotFound
from duzhan.base.ui.fields import InstantField
from duzhan.base.ui.spelling import in_english
from duzhan.people.models import Body, Group, Post, Role, running
from duzhan.places.queries import area_named

from . import pack, queries

MOST_CANDIDATES = 300
OFFICES = (Body.Kind.OFFICE, Body.Kind.COMMISSION, Body.Kind.STATIONED)
FIELD_ROLES = (Role.INSPECTOR, Role.OFFICE, Role.DISCIPLINE)  # those who may go out with a group
RESERVED = {"new", "switch"}  # addresses of pages beside those of the operations


class AreaField(forms.CharField):
    """An area by its name or code, looked for below the path `under`. Cleans to the area."""

    def __init__(self, *, under="", **options):
        super().__init__(**{"max_length": 60, "label": gettext_lazy("区域"), **options})
        self.under = under
        self.widget.attrs["list"] = "areas"

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            return area_named(text, under=self.under)
        except NotFound as refused:
            raise forms.ValidationError(str(refused)) from None


class BodyField(forms.CharField):
    """A body by its full or short name. Cleans to the body, None where nothing is written."""

    def __init__(self, **options):
        super().__init__(**{"max_length": 100, **options})
        self.widget.attrs["list"] = "bodies"

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        found = list(Body.objects.filter(Q(name=text) | Q(short_name=text))[:2])
        if len(found) == 1:
            return found[0]
        told = _("有几个单位叫“%(text)s”，请写全称。") if found else _("没有叫“%(text)s”的单位。")
        raise forms.ValidationError(told % {"text": text})


class OperationForm(forms.Form):
    """启动行动."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    code = forms.SlugField(
        label=gettext_lazy("代号"), max_length=40,
        help_text=gettext_lazy("小写字母、数字和连字符，用在网址里，如 yubei-2022。"),
    )  # fmt: skip
    prefix = forms.RegexField(
        r"^[A-Z]{1,8}$", label=gettext_lazy("编号前缀"),
        help_text=gettext_lazy("一到八个大写字母；问题编号由它开头，如 YB-0017。"),
    )  # fmt: skip
    area = AreaField()
    office = forms.ModelChoiceField(label=gettext_lazy("督导办"), queryset=Body.objects.none())
    words = forms.ChoiceField(label=gettext_lazy("词库"))
    level = forms.ChoiceField(label=gettext_lazy("响应级别"), required=False)
    started_at = InstantField(label=gettext_lazy("启动时刻"), help_text=gettext_lazy("精确到分。"))
    cut_off = forms.TimeField(
        label=gettext_lazy("日报截止"), input_formats=["%H:%M"], widget=forms.TimeInput(format="%H:%M"),
        help_text=gettext_lazy("每日统计到几点，如 18:00。"),
    )  # fmt: skip
    keeps_conduct = forms.BooleanField(
        label=gettext_lazy("登记作风纪律问题（只有纪检专责、发现人和责任单位看得到）"), required=False
    )

    def __init__(self, posts, *arguments, **more):
        super().__init__(*arguments, **more)
        bodies = {post.body_id for post in posts}
        self.fields["office"].queryset = Body.objects.filter(
            Q(pk__in=bodies) | Q(parent__in=bodies, kind__in=OFFICES)
        ).order_by("name")
        self.fields["words"].choices = [(name, _word(name)) for name in pack.available()]
        levels = {term.code: term.label for name in pack.available() for term in pack.load(name).levels.values()}
        self.fields["level"].choices = [("", _("不定级")), *levels.items()]
        self.fields["started_at"].zone = ZONE

    def clean_code(self):
        code = self.cleaned_data["code"].lower()
        if code in RESERVED:
            raise forms.ValidationError(_("这个代号留作他用，请换一个。"))
        return code

    def clean(self):
        cleaned = super().clean()
        level, words = cleaned.get("level"), cleaned.get("words")
        if level and words and level not in pack.load(words).levels:
            self.add_error("level", _("这个词库没有这个级别。"))
        return cleaned


def _word(name):
    loaded = pack.load(name)
    return f"{loaded.en if in_english() else loaded.zh} {loaded.version}"


class EndForm(forms.Form):
    """结束行动: its code is written once more, so that nobody ends one by a slip."""

    sure = forms.CharField(label=gettext_lazy("代号"), max_length=40)

    def __init__(self, operation, *arguments, **more):
        super().__init__(*arguments, **more)
        self.code = operation.code
        self.fields["sure"].help_text = _("请照样写一遍：%(code)s") % {"code": operation.code}

    def clean_sure(self):
        if self.cleaned_data["sure"].strip() != self.code:
            raise forms.ValidationError(_("代号不符，请照样写：%(code)s") % {"code": self.code})
        return self.cleaned_data["sure"]


class FocusForm(forms.Form):
    """定重点: from the pack's list, or in words of one's own."""

    codes = forms.MultipleChoiceField(
        label=gettext_lazy("词库里的重点"), required=False, widget=forms.CheckboxSelectMultiple
    )
    name = forms.CharField(label=gettext_lazy("其他重点"), max_length=100, required=False)
    reason = forms.CharField(
        label=gettext_lazy("由来"), max_length=200, required=False,
        help_text=gettext_lazy("哪次会议、哪份文件定的，写给以后查的人。"),
    )  # fmt: skip
    starts_at = InstantField(label=gettext_lazy("起"), required=False, help_text=gettext_lazy("不填即从现在起。"))

    def __init__(self, operation, *arguments, **more):
        super().__init__(*arguments, **more)
        self.running = {focus.name for focus in queries.focuses_of(operation)}
        terms = operation.words.focuses.values()
        self.fields["codes"].choices = [(term.code, term.label) for term in terms if term.zh not in self.running]
        self.fields["starts_at"].zone = operation.tz

    def clean_name(self):
        name = self.cleaned_data["name"].strip()
        if name in self.running:
            raise forms.ValidationError(_("“%(name)s”现在已经是重点。") % {"name": name})
        return name

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned["codes"] and not cleaned["name"]:
            raise forms.ValidationError(_("请选一项重点，或写一项。"))
        return cleaned

    def names(self):
        return [*self.cleaned_data["codes"], *filter(None, [self.cleaned_data["name"]])]


class GroupForm(forms.Form):
    """编组: who goes out together, under whom, lent by whom."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=Group.Kind.choices)
    body = forms.ModelChoiceField(label=gettext_lazy("派出单位"), queryset=Body.objects.none())
    area = AreaField(label=gettext_lazy("负责区域"))
    starts_at = InstantField(label=gettext_lazy("起"), required=False, help_text=gettext_lazy("不填即从现在起。"))

    def __init__(self, operation, *arguments, **more):
        super().__init__(*arguments, **more)
        self.operation = operation
        self.fields["area"].under = operation.area_path
        self.fields["starts_at"].zone = operation.tz
        self.fields["body"].queryset = Body.objects.filter(
            Q(pk=operation.office_id) | Q(kind__in=OFFICES, area__startswith=operation.area_path)
        ).order_by("name")
        self.candidates = candidates(operation)
        for post in self.candidates:
            self.fields[f"member_{post.person_id}"] = forms.BooleanField(label=str(post.person), required=False)
            lent = BodyField(label=_("%(person)s的借出单位") % {"person": post.person}, required=False)
            lent.widget.attrs |= {"placeholder": _("借出单位"), "aria-label": lent.label}
            self.fields[f"lent_{post.person_id}"] = lent
        self.fields["leader"] = forms.TypedChoiceField(
            label=gettext_lazy("组长"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect,
            choices=[(post.person_id, str(post.person)) for post in self.candidates],
        )  # fmt: skip

    def rows(self):
        """Every candidate with the inputs that stand in their row."""
        leader = str(self["leader"].value() or "")
        return [
            {
                "post": post,
                "member": self[f"member_{post.person_id}"],
                "lent": self[f"lent_{post.person_id}"],
                "leads": leader == str(post.person_id),
            }
            for post in self.candidates
        ]

    def clean_name(self):
        name = self.cleaned_data["name"].strip()
        if queries.groups_of(self.operation).filter(name=name).exists():
            raise forms.ValidationError(_("本行动已有一个在岗的“%(name)s”。") % {"name": name})
        return name

    def clean(self):
        cleaned = super().clean()
        chosen = [post.person for post in self.candidates if cleaned.get(f"member_{post.person_id}")]
        if not chosen:
            raise forms.ValidationError(_("请至少选一名组员。"))
        leader = cleaned.get("leader")
        if leader and leader not in {person.pk for person in chosen}:
            self.add_error("leader", _("组长须是组员。"))
        return cleaned

    def members(self):
        """What `form_group` asks for: the members, who leads them, and who lent whom."""
        cleaned = self.cleaned_data
        members = [post.person for post in self.candidates if cleaned[f"member_{post.person_id}"]]
        return {
            "members": members,
            "leader": next((person for person in members if person.pk == cleaned["leader"]), None),
            "lent_by": {person: body for person in members if (body := cleaned[f"lent_{person.pk}"])},
        }


def candidates(operation) -> list:
    """Those who may go out with a group of this operation, by one of their posts, in the order of their names."""
    posts = Post.objects.filter(
        running(), Q(operation=None) | Q(operation=operation.pk), role__in=FIELD_ROLES, person__is_active=True
    ).filter(Q(area__startswith=operation.area_path) | Q(area__in=queries.above(operation.area_path)) | Q(area=""))
    by_person = {}
    for post in posts.select_related("person", "body").order_by("person__name", "pk")[: 2 * MOST_CANDIDATES]:
        by_person.setdefault(post.person_id, post)
    return list(by_person.values())[:MOST_CANDIDATES]


class AppointForm(forms.Form):
    """任命: a role at a body, for an area, from and until."""

    role = forms.ChoiceField(label=gettext_lazy("角色"), choices=Role.choices)
    body = BodyField(label=gettext_lazy("单位"))
    area = AreaField(
        label=gettext_lazy("负责区域"), required=False, help_text=gettext_lazy("名称或代码；不填即不限区域。")
    )
    operation = forms.ModelChoiceField(
        label=gettext_lazy("只在这次行动"), queryset=None, required=False,
        empty_label=gettext_lazy("区域内的每次行动"),
    )  # fmt: skip
    starts_at = InstantField(label=gettext_lazy("起"), required=False, help_text=gettext_lazy("不填即从现在起。"))
    ends_at = InstantField(
        label=gettext_lazy("止"), required=False, help_text=gettext_lazy("到这一分钟，权限即失效；不填即长期。")
    )

    def __init__(self, operations, *arguments, **more):
        super().__init__(*arguments, **more)
        self.fields["operation"].queryset = operations

    def clean(self):
        cleaned = super().clean()
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at < starts_at:
            self.add_error("ends_at", _("结束时刻早于开始时刻。"))
        return cleaned


class EndPostForm(forms.Form):
    """结束岗位."""

    ends_at = InstantField(
        label=gettext_lazy("结束时刻"), required=False, help_text=gettext_lazy("不填即现在；从这一分钟起权限失效。")
    )
