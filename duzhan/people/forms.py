"""What is typed to find and to open accounts."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .actions import TOKEN_DAYS, Ground
from .models import Person, Role


class Sought(forms.Form):
    """Which accounts are looked for."""

    q = forms.CharField(max_length=60, required=False)
    role = forms.ChoiceField(required=False)

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.fields["role"].choices = [("", _("角色：全部")), *Role.choices, ("none", _("没有岗位"))]


class TokenForm(forms.Form):
    """A key for a program: what for, and until when."""

    name = forms.CharField(
        label=gettext_lazy("用途"), max_length=60, help_text=gettext_lazy("给哪个程序用，以后好认。"),
    )  # fmt: skip
    days = forms.IntegerField(
        label=gettext_lazy("有效天数"), min_value=1, max_value=TOKEN_DAYS, initial=30,
        help_text=gettext_lazy("1 到 90 天；到期自动失效，可以随时作废。"),
    )  # fmt: skip


class AccountForm(forms.Form):
    """开户."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    username = forms.CharField(
        label=gettext_lazy("账号"), max_length=150, validators=[Person.username_validator],
        help_text=gettext_lazy("登录时用；字母、数字和 @ . + - _ 。"),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("邮箱"), required=False,
        help_text=gettext_lazy("用单位统一登录的人按它认出。"),
    )  # fmt: skip


class EraseForm(forms.Form):
    """删除个人信息: the ground. No free text: what is written to the ledger can never be taken back."""

    ground = forms.ChoiceField(
        label=gettext_lazy("理由"), choices=[("", gettext_lazy("请选")), *Ground.choices],
        help_text=gettext_lazy("个人信息保护法第四十七条。理由和经办人记入账本。"),
    )  # fmt: skip
