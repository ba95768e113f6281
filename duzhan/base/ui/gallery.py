"""What stands in the gallery: every component in every state, with samples that belong to nobody."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django import forms
from django.template.loader import get_template, render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.clock.instants import ZONE

from .fields import InstantField, SegmentInput
from .spelling import time_left

SEEN_AT = datetime(2022, 11, 25, 18, 0, tzinfo=ZONE)
DIGEST = "c41e07b95a2d98f05d02e8a177c40b36b7f3119c28ac664091d5f02e0e6b3a77"
DOC = re.compile(r"\{#\s*(.*?)\s*#\}")


@dataclass(frozen=True)
class Case:
    """One state of a component, and what it is given."""

    label: str
    given: dict


@dataclass(frozen=True)
class Piece:
    """A component on the shelf: `use` is the line that puts it into a page."""

    name: str
    title: str
    use: str
    cases: list[Case] = field(default_factory=list)
    flush: bool = False
    template: str = ""
    across: int = 1

    def path(self):
        return self.template or f"ui/{self.name}.html"

    def says(self):
        """The line of documentation at the head of the template."""
        found = DOC.match(get_template(self.path()).template.source)
        return found.group(1) if found else ""

    def drawn(self, request):
        return [(case.label, render_to_string(self.path(), case.given, request)) for case in self.cases]


def hours(number):
    return timedelta(hours=number)


def _left(**told):
    return {"left": time_left(told.pop("due_at", None), at=SEEN_AT, **told)}


def _figure_cases():
    return [
        Case(_("有走势和变化"), {
            "label": _("走访点位"), "value": 641, "unit": _("个"), "note": _("每日"), "url": "?",
            "days": [62, 88, 97, 103, 99, 98, 94], "delta": _("今日 +94"),
        }),
        Case(_("率带分子分母"), {
            "label": _("已整改"), "value": 277, "unit": _("个"), "note": _("每日"), "url": "?",
            "days": [9, 31, 42, 50, 51, 49, 45], "delta": _("今日 +45 · 整改率 98.23% = 277 / 282"),
        }),
        Case(_("其中有超期"), {
            "label": _("正在整改"), "value": 5, "unit": _("个"), "note": _("每日存量"), "url": "?",
            "days": [9, 14, 16, 17, 13, 9, 5], "delta": _("较昨日 −4"), "late": _("其中超期 2 个"),
        }),
        Case(_("还没有数"), {"label": _("走访点位"), "value": None, "why": _("今日还没有走访。")}),
    ]  # fmt: skip


def _identity_cases():
    words = _("交办 = 已整改 + 正在整改")
    whole = {"whole": 282, "parts": [277, 5], "words": words, "holds": True}
    broken = {"whole": 282, "parts": [277, 4], "words": words, "holds": False, "difference": 1, "url": "?"}
    return [
        Case(_("相符"), whole),
        Case(_("不符"), broken),
        Case(_("数字下的一行"), whole | {"strip": True}),
        Case(_("数字下的一行，不符"), broken | {"strip": True}),
    ]


def _stage_cases():
    words = [_("待交办"), _("已交办"), _("已签收"), _("已报整改"), _("已销号")]
    cases = [Case("", {"word": word, "step": step}) for step, word in enumerate(words, 1)]
    return [*cases, Case("", {"word": _("已退回"), "step": 2, "back": True})]


def _left_cases():
    return [
        Case(_("从容"), _left(due_at=SEEN_AT + hours(6))),
        Case(_("两天以上"), _left(due_at=SEEN_AT + hours(52))),
        Case(_("不到四小时"), _left(due_at=SEEN_AT + timedelta(minutes=200))),
        Case(_("超期"), _left(due_at=SEEN_AT - hours(5))),
        Case(_("暂停"), _left(due_at=SEEN_AT, paused_at=SEEN_AT - hours(1))),
        Case(_("等人核验"), _left(waiting_since=SEEN_AT - hours(5))),
        Case(_("办完"), _left(started_at=SEEN_AT - timedelta(minutes=250), done_at=SEEN_AT)),
        Case(_("没有时限"), _left()),
    ]


def _clock_cases():
    started = SEEN_AT - hours(3)
    pause = (started + hours(1), started + timedelta(minutes=100))
    told = {"started_at": started, "at": SEEN_AT}
    return [
        Case(_("有过暂停"), told | {"due_at": SEEN_AT + timedelta(minutes=200), "pauses": [pause]}),
        Case(_("超期"), told | {"due_at": SEEN_AT - hours(1)}),
        Case(_("正在暂停"), told | {
            "due_at": SEEN_AT + hours(2), "pauses": [(SEEN_AT - hours(1), None)], "paused_at": SEEN_AT - hours(1),
        }),
        Case(_("办完"), told | {"due_at": SEEN_AT + hours(2), "done_at": SEEN_AT - hours(1)}),
    ]  # fmt: skip


def _track_cases():
    words = [_("发现"), _("交办"), _("签收"), _("报整改"), _("销号")]
    notes = ["14:30", "15:00", "15:20", _("最迟 21:20"), _("须另一人核验")]
    states = ["done", "done", "now", "", ""]
    steps = [{"label": w, "note": n, "state": s} for w, n, s in zip(words, notes, states, strict=True)]
    back = [
        *steps[:1],
        steps[1] | {"state": "back", "note": _("17:10 退回")},
        *(step | {"state": ""} for step in steps[2:]),
    ]
    return [Case(_("进行中"), {"steps": steps}), Case(_("退回后"), {"steps": back})]


def _moves_cases():
    opens = [
        {"label": _("报整改"), "url": "?", "method": "get"},
        {"label": _("申请延期"), "url": "?", "method": "get"},
        {"label": _("暂停计时"), "url": "?", "method": "get"},
        {"label": _("销号"), "why": _("先报整改，再由没有发现、没有整改此件的人核验。")},
    ]
    return [Case(_("三步可走，一步不能"), {"moves": opens}), Case(_("没有可走的"), {"moves": []})]


def _story_cases():
    items = [
        {"at": SEEN_AT - timedelta(minutes=110), "recorded_at": SEEN_AT - timedelta(minutes=55), "kind": "",
         "title": _("已划线、加派引导员 2 名"), "by": _("示例人员丙"), "unit": _("示例街道"), "digest": DIGEST},
        {"at": SEEN_AT - hours(2), "kind": "pause", "title": _("暂停计时"), "by": _("示例人员甲"),
         "unit": _("督导办"), "text": _("现场临时关闭，无法整改。"), "digest": DIGEST[8:]},
        {"at": SEEN_AT - timedelta(minutes=160), "kind": "now", "title": _("签收"), "by": _("示例人员丙"),
         "unit": _("示例街道"), "digest": DIGEST[16:]},
        {"at": SEEN_AT - timedelta(minutes=210), "kind": "wrong", "title": _("退回"), "by": _("示例人员乙"),
         "unit": _("督导组"), "text": _("照片不是同一地点。"), "digest": DIGEST[24:]},
    ]  # fmt: skip
    return [Case(_("补记、暂停、现在、退回"), {"items": items, "as_of": SEEN_AT})]


def _table_cases():
    rows = [
        ("YB-0251", _("楼栋消杀记录缺三日"), _("示例街道甲"), 3, _("已签收"), False, _left(due_at=SEEN_AT - hours(5))),
        ("YB-0266", _("超市入口未落实扫码测温"), _("示例街道乙"), 3, _("已签收"), False, _left(due_at=SEEN_AT - timedelta(minutes=70))),
        ("YB-0283", _("采样点排队人员聚集、未保持间距"), _("示例街道丙"), 1, _("待交办"), False, _left(due_at=SEEN_AT + hours(1))),
        ("YB-0282", _("独居老人药品需求未回访"), _("示例街道丁"), 2, _("已退回"), True, _left(due_at=SEEN_AT + hours(7))),
        ("YB-0238", _("隔离酒店分区标识缺失"), _("示例街道甲"), 5, _("已销号"), False,
         _left(started_at=SEEN_AT - hours(4), done_at=SEEN_AT)),
    ]  # fmt: skip
    names = ("number", "title", "unit", "step", "stage", "back", "left")
    told = [
        dict(zip(names, row, strict=True))
        | {"left": row[-1]["left"], "url": "?", "is_chosen": at == 2, "says": _("选中 %(label)s") % {"label": row[0]}}
        for at, row in enumerate(rows)
    ]
    bulk = {
        "table": "sample-table",
        "form": "sample-form",
        "moves": [{"label": _("交办"), "url": "?"}, {"label": _("合并"), "url": "?"}],
    }
    sizes = [{"size": size, "url": "?", "is_current": size == 25} for size in (25, 50, 100)]
    return [Case("", {
        "rows": told, "bulk": bulk, "tabs": _tabs(), "says": _("每件生成一份交办单"),
        "tags": [{"label": _("发现：近三日"), "url": "?"}], "found": 138, "total": 1289, "sizes": sizes,
    })]  # fmt: skip


def _tabs():
    counts = [
        (_("全部"), 289),
        (_("待交办"), 7),
        (_("已交办"), 2),
        (_("已签收"), 3),
        (_("已报整改"), 16),
        (_("已销号"), 261),
    ]
    tabs = [
        {"label": label, "count": count, "url": "?", "is_current": not at} for at, (label, count) in enumerate(counts)
    ]
    return [*tabs, {"label": _("超期"), "count": 2, "url": "?", "late": True, "gap": True}]


def _seg_cases():
    options = [
        {"value": "yes", "label": _("符合")},
        {"value": "no", "label": _("不符合"), "bad": True},
        {"value": "na", "label": _("不适用")},
    ]

    def asked(number, question, chosen):
        return {
            "number": number, "question": question, "name": f"q{number}",
            "options": [option | {"checked": option["value"] == chosen} for option in options],
        }  # fmt: skip

    questions = [
        asked(1, _("出入口两人值守"), "yes"),
        asked(2, _("逐人核验、登记"), "no"),
        asked(3, _("公示求助热线"), ""),
    ]
    return [Case(_("未答、已答、不符合"), {"questions": questions})]


class SampleForm(forms.Form):
    """Every sort of field once."""

    title = forms.CharField(label=gettext_lazy("问题"), max_length=60)
    detail = forms.CharField(label=gettext_lazy("看到了什么"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    unit = forms.ChoiceField(
        label=gettext_lazy("责任单位"),
        choices=[("", gettext_lazy("请选择")), ("1", gettext_lazy("示例街道"))],
    )
    due_at = InstantField(label=gettext_lazy("时限"), help_text=gettext_lazy("到这一刻还没有报整改，就是超期。"))
    result = forms.ChoiceField(
        label=gettext_lazy("核验结果"),
        choices=[("yes", gettext_lazy("符合")), ("no", gettext_lazy("不符合"))],
        widget=SegmentInput(bad={"no"}),
    )
    same_place = forms.BooleanField(label=gettext_lazy("照片与发现时是同一处"), required=False)
    photo = forms.FileField(label=gettext_lazy("照片"), required=False)


def _form_cases():
    good = SampleForm(initial={"title": _("采样点排队人员聚集"), "due_at": SEEN_AT, "result": "yes"}, auto_id="good_%s")
    wrong = SampleForm({"title": "", "due_at": "11/25/2022 6 PM", "result": "no"}, auto_id="wrong_%s")
    return [Case(_("可填"), {"form": good}), Case(_("有错：写过的都还在"), {"form": wrong})]


def _trend_cases():
    pairs = [(18, 9), (36, 31), (44, 42), (51, 50), (47, 51), (45, 49), (41, 45)]
    rows = [{"label": _("%(day)s日") % {"day": 19 + at}, "values": list(pair)} for at, pair in enumerate(pairs)]
    return [
        Case(
            _("两个数列"),
            {"names": [_("当日交办"), _("当日整改")], "rows": rows, "caption": _("每日交办与整改")},
        )
    ]


def _map_cases():
    told = [
        (0, 32, 0),
        (1, 38, 0),
        (0, 29, 0),
        (0, 28, 0),
        (2, 43, 1),
        (1, 27, 0),
        (0, 24, 0),
        (0, 27, 0),
        (1, 34, 1),
    ]
    areas = [
        {"name": _("街道%(number)s") % {"number": at + 1}, "value": value, "total": total, "late": bool(late), "url": "?",
         "lat": 29.9 - at // 3 / 20, "lon": 106.5 + at % 3 / 20}
        for at, (value, total, late) in enumerate(told)
    ]  # fmt: skip
    return [Case(_("正在整改 / 交办"), {
        "areas": areas, "head": _("街道"), "value_head": _("正在整改"), "total_head": _("交办数"), "caption": _("各街道正在整改数，示意图"),
    })]  # fmt: skip


def _points_cases():
    places = [
        (29.71, 106.62, ""),
        (29.73, 106.58, "late"),
        (29.68, 106.55, ""),
        (29.75, 106.65, "still"),
        (29.66, 106.6, ""),
    ]
    points = [
        {"name": _("示例点位 %(number)s") % {"number": at}, "lat": lat, "lon": lon, "late": state == "late",
         "still": state == "still", "note": {"late": _("有超期"), "still": _("已关停")}.get(state, _("正常")), "url": "?"}
        for at, (lat, lon, state) in enumerate(places, 1)
    ]  # fmt: skip
    return [Case(_("平常、超期、关停"), {
        "points": points, "head": _("点位"), "note_head": _("情况"), "caption": _("点位，示意图"), "height": 260,
    })]  # fmt: skip


def _photo_cases():
    photos = [
        {"absent": _("还在上传，网络恢复后自动补上"), "caption": _("发现 14:31 · 示例人员乙")},
        {"absent": _("没有照片"), "caption": _("整改后 · 待补")},
    ]
    return [Case(_("还在上传，没有"), {"photos": photos})]


def _seal_cases():
    return [Case("", {
        "number": 7, "at": SEEN_AT + timedelta(minutes=32, seconds=7), "root": DIGEST, "previous": DIGEST[::-1],
        "count": 4218, "url": "https://duzhan.example.org/seals/7",
    })]  # fmt: skip


def shelf() -> list[tuple[str, list[Piece]]]:
    """The gallery's shelves in the language of the moment: (heading, pieces)."""
    return [
        (_("数字"), [
            Piece("figure", _("数字"), '{% include "ui/figure.html" with label=… value=… unit=… url=… days=… delta=… %}', _figure_cases(), True, across=2),
            Piece("identity", _("等式"), '{% include "ui/identity.html" with whole=282 parts=parts words=… holds=True %}', _identity_cases(), across=2),
            Piece("trend", _("走势"), '{% include "ui/trend.html" with names=… rows=… caption=… %}', _trend_cases()),
            Piece("map", _("区域示意图"), '{% include "ui/map.html" with areas=… head=… value_head=… caption=… %}', _map_cases()),
            Piece("points", _("点位示意图"), '{% include "ui/points.html" with points=… head=… note_head=… caption=… %}', _points_cases()),
            Piece("key", _("图例"), '{% include "ui/key.html" with items=items late=_("有超期") %}', [Case("", {
                "items": [{"text": "0", "kind": "m0"}, {"text": "1", "kind": "m1"}, {"text": _("2 以上"), "kind": "m2"}], "late": _("有超期"),
            })]),
        ]),
        (_("一件事"), [
            Piece("stage", _("阶段"), '{% piece "ui/stage.html" word=… step=3 back=… %}', _stage_cases(), across=3),
            Piece("left", _("时限"), "{% time_left due_at=… at=as_of paused_at=… waiting_since=… started_at=… done_at=… %}", _left_cases(), across=4),
            Piece("clock", _("计时"), '{% include "ui/clock.html" with started_at=… due_at=… at=as_of pauses=… %}', _clock_cases(), True, across=2),
            Piece("track", _("五步"), '{% include "ui/track.html" with steps=steps %}', _track_cases(), True),
            Piece("moves", _("下一步"), '{% include "ui/moves.html" with moves=moves %}', _moves_cases(), True, across=2),
            Piece("story", _("经过"), '{% include "ui/story.html" with items=items as_of=as_of %}', _story_cases()),
            Piece("photo", _("照片"), '<ul class="dz-photos">{% include "ui/photo.html" with url=… thumb=… caption=… %}</ul>', _photo_cases(), template="ui/gallery/photos.html"),
            Piece("state", _("文书状态"), '{% include "ui/state.html" with text=… kind="amended" %}', [
                Case("", {"text": _("草稿"), "kind": "draft"}), Case("", {"text": _("已定稿 第 7 号")}), Case("", {"text": _("已更正 1 次"), "kind": "amended"}),
            ], across=3),
            Piece("tag", _("标签"), '{% include "ui/tag.html" with text=… %}', [
                Case("", {"text": _("管控值守")}), Case("", {"text": _("复发"), "late": True}), Case("", {"text": _("第一督导组"), "url": "?"}),
            ], across=3),
            Piece("seal", _("封条"), '{% include "ui/seal.html" with number=… at=… root=… previous=… count=… url=… %}', _seal_cases()),
            Piece("digest", _("摘要"), '{% include "ui/digest.html" with digest=… %}', [Case("", {"digest": DIGEST})]),
        ]),
        (_("许多件"), [
            Piece("table", _("台账：页签、筛选、批量、表、翻页"), "ui/tabs.html · ui/chosen.html · ui/bulk.html · ui/check_all.html · ui/th.html · ui/pager.html", _table_cases(), True, "ui/gallery/table.html"),
            Piece("empty", _("没有"), '{% include "ui/empty.html" with text=… url=… label=… %}', [
                Case("", {"text": _("今天没有超期。")}), Case("", {"text": _("还没有走访，登记第一次。"), "url": "?", "label": _("登记走访")}),
            ], True, across=2),
        ]),
        (_("填写"), [
            Piece("form", _("表单"), '{% load ui %}{% include "ui/errors.html" %}{% field form.title %}{% field form.due_at %}', _form_cases(), template="ui/gallery/form.html"),
            Piece("seg", _("分段答案"), '<dz-seg>{% include "ui/seg.html" with question=… name=… options=… %}<fieldset class="dz-found">…</fieldset></dz-seg>', _seg_cases(), template="ui/gallery/seg.html"),
            Piece("instant", _("时刻"), '{% include "ui/instant.html" with name="due_at" label=… value=… operation=operation now_at=now_at %}', [
                Case("", {"name": "sample_at", "label": _("时限"), "value": SEEN_AT, "now_at": SEEN_AT}),
            ]),
        ]),
    ]  # fmt: skip


def wall_samples() -> dict:
    """What the sample wall shows below its figures."""
    rows = _table_cases()[0].given["rows"]
    return {"areas": _map_cases()[0].given, "late": rows[:4]}


def street_samples() -> dict:
    """What the sample page for the street asks."""
    return {"questions": _seg_cases()[0].given["questions"], "photos": _photo_cases()[0].given["photos"][:1]}
