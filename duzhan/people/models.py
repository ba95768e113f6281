from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duzhan.base.clock.instants import now
from duzhan.base.ledger.models import Recorded, Sealed
from duzhan.base.ledger.saving import save_recorded
from duzhan.base.statements import Question


class Running(models.Model):
    """Something with a start and, sooner or later, an end."""

    starts_at = models.DateTimeField(_("起"))
    ends_at = models.DateTimeField(_("止"), null=True, blank=True)

    class Meta:
        abstract = True

    def runs_at(self, instant) -> bool:
        return self.starts_at <= instant and (self.ends_at is None or instant < self.ends_at)


def running(at=None) -> Q:
    """What has started and not ended at an instant (None: now)."""
    at = at or now()
    return Q(starts_at__lte=at) & (Q(ends_at=None) | Q(ends_at__gt=at))


def not_ended(at=None) -> Q:
    """What runs at an instant (None: now), or is to begin after it."""
    return Q(ends_at=None) | Q(ends_at__gt=at or now())


def ends_after_it_starts(name):
    return models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name=name)


class Body(Recorded):
    """机构: an office, a commission, a department, a street office, an enterprise; whoever can be answerable (M15)."""

    subject_kind = "body"
    subject_word = pgettext_lazy("subject", "机构")
    recorded_fields = ("name", "short_name", "kind", "parent_id", "area", "is_demo")

    class Kind(models.TextChoices):
        OFFICE = "office", _("督导办")
        COMMISSION = "commission", _("纪检监察机关")
        STATIONED = "stationed", _("派驻机构")
        DEPARTMENT = "department", _("主管部门")
        TERRITORY = "territory", _("属地（街道、乡镇、县区）")
        COMMUNITY = "community", _("村（社区）")
        FACILITY = "facility", _("场所、企业")
        LOWER = "lower", _("下级督导机构")

    name = models.CharField(_("名称"), max_length=100)
    short_name = models.CharField(_("简称"), max_length=30, blank=True)
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    area = models.CharField(max_length=255, blank=True)  # the path of its area: people know no tree
    is_demo = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["area"], name="body_by_area")]

    def __str__(self):
        return self.short_name or self.name

    def dimensions(self):
        return {"area": self.area}


class Person(Sealed, AbstractUser):
    """人员: somebody who signs in. What they may do comes from their posts alone.

    The ledger knows a person by number; name, account, address and password hash stand in it as fingerprints.
    """

    subject_kind = "person"
    subject_word = pgettext_lazy("subject", "人员")
    sealed_fields = ("username", "name", "email", "password", "salt")
    recorded_fields = (*sealed_fields, "is_active", "is_staff", "is_superuser", "is_demo", "erased_at")

    name = models.CharField(_("姓名"), max_length=60)
    is_demo = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True, blank=True)  # since when nothing personal stands here any more

    REQUIRED_FIELDS = ["name"]

    def __str__(self):
        if self.erased_at:
            return _("已删除的人员 %(number)s") % {"number": self.pk}
        return self.name or self.username

    def hats(self, at=None) -> list:
        """The posts this person holds at an instant (None: now): a person may wear several at once (M14)."""
        at = at or now()
        return [post for post in self._all_posts() if post.runs_at(at)]

    def hats_from(self, at=None) -> list:
        """The posts this person holds at an instant (None: now) or is to hold after it."""
        at = at or now()
        return [post for post in self._all_posts() if post.ends_at is None or at < post.ends_at]

    def _all_posts(self):
        if not hasattr(self, "_posts"):
            self._posts = _posts_of(self.pk)
        return self._posts

    def remember_hats(self, posts):
        """All posts of this person, read already together with the person."""
        self._posts = posts

    def forget_hats(self):
        self.__dict__.pop("_posts", None)

    def save(self, *arguments, update_fields=None, **more):
        """What Django and the sign-in pages save by themselves, a newer hash among others, is an event too."""
        is_newer_hash = update_fields == ["password"] and self._password is None  # so Django says it, at sign-in
        save_recorded(self, "person.register", "person.rehash" if is_newer_hash else "person.change", update_fields)
        self._password = None  # nothing waits for it to be read


class Role(models.TextChoices):
    """What a post is for."""

    OFFICE = "office", _("督导办")
    INSPECTOR = "inspector", _("督导组员")
    LEADER = "leader", _("领导")
    UNIT = "unit", _("责任单位")
    DISCIPLINE = "discipline", _("纪检专责")
    ADMIN = "admin", _("系统管理")


class Post(Recorded, Running):
    """岗位: a person in a role at a body, for an area and a time. Rights lapse with it on the minute (M3, M4, M11)."""

    subject_kind = "post"
    subject_word = pgettext_lazy("subject", "岗位")
    recorded_fields = ("person_id", "body_id", "role", "area", "operation", "starts_at", "ends_at")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(_("角色"), max_length=12, choices=Role.choices)
    area = models.CharField(max_length=255, blank=True)  # path; "" is everywhere
    operation = models.BigIntegerField(null=True, blank=True)  # one operation only; None: each in the area

    class Meta:
        constraints = [ends_after_it_starts("post_ends_after_it_starts")]
        indexes = [models.Index(fields=["role", "area"], name="post_by_role_and_area")]

    def __str__(self):
        return f"{self.body} · {self.get_role_display()}"

    def covers(self, area: str, operation: int | None = None) -> bool:
        """Is this area path, in this operation, within the post?"""
        return area.startswith(self.area) and self.operation in (None, operation)


_posts_of = Question(lambda person: Post.objects.filter(person=person).select_related("body"), int)


class Group(Recorded, Running):
    """监督检查组、督导组: people who go out together for an operation, in an area of duty (M1, M3, M11)."""

    subject_kind = "group"
    subject_word = pgettext_lazy("subject", "督导组")
    recorded_fields = ("operation", "name", "kind", "body_id", "area", "stage", "starts_at", "ends_at")

    class Kind(models.TextChoices):
        GENERAL = "general", _("综合组")
        REGIONAL = "regional", _("地区组")
        SPECIAL = "special", _("专项组")
        STRIKE = "strike", _("突击队")
        STATIONED = "stationed", _("派驻组")
        JOINT = "joint", _("室组地联合组")

    class Stage(models.TextChoices):
        ON_DUTY = "on_duty", _("在岗")
        STOOD_DOWN = "stood_down", _("已撤")

    operation = models.BigIntegerField()
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices, default=Kind.GENERAL)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="groups")
    area = models.CharField(max_length=255, blank=True)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.ON_DUTY)

    class Meta:
        constraints = [ends_after_it_starts("group_ends_after_it_starts")]
        indexes = [models.Index(fields=["operation", "stage"], name="group_by_operation")]

    def __str__(self):
        return self.name

    def book(self):
        return self.operation

    def dimensions(self):
        return {"area": self.area, "unit": self.body_id, "group": self.pk, "topic": self.kind}


class Membership(Recorded, Running):
    """A person in a group, and the body that lent them; their right to act for it ends with it (M4)."""

    subject_kind = "membership"
    subject_word = pgettext_lazy("subject", "组员")
    recorded_fields = (
        "operation",
        "group_id",
        "person_id",
        "lent_by_id",
        "is_leader",
        "area",
        "stage",
        "starts_at",
        "ends_at",
    )

    class Stage(models.TextChoices):
        POSTED = "posted", _("在组")
        RELEASED = "released", _("已归队")

    operation = models.BigIntegerField()
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    lent_by = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="lent")
    is_leader = models.BooleanField(_("组长"), default=False)
    area = models.CharField(max_length=255, blank=True)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.POSTED)

    class Meta:
        constraints = [ends_after_it_starts("membership_ends_after_it_starts")]

    def book(self):
        return self.operation

    def dimensions(self):
        return {"area": self.area, "unit": self.lent_by_id, "group": self.group_id}


class Token(Recorded):
    """个人密钥: a personal key for programs; only its digest is kept, and it ends on a day."""

    subject_kind = "token"
    subject_word = pgettext_lazy("subject", "个人密钥")
    recorded_fields = ("person_id", "name", "digest", "created_at", "expires_at", "revoked_at")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(_("用途"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("有效至"))
    revoked_at = models.DateTimeField(null=True, blank=True)
