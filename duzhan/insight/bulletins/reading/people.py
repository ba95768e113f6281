"""What is counted in persons: what was done to them, what they are, where they were sent."""

import re

from . import grammar
from .grammar import OTHER
from .look import FURTHEST, NEAR, PLACES, Look
from .sentences import SEEING

_SUFFERED = "被受予遭挨行"
_SUFFERED_LATER = re.compile("，(?:分别|先后|均|也|都|已)*(?:被|受到?|予以|给予)")
_CAME = ("支援", "驰援", "增援", "援助", "调配", "外省")
_CALLED = re.compile("[抽选派调借聘拆编驻守撑]|组[成建]|分[成作]|一分为|下沉|出动|上阵|吃住|上岗|连轴|跟[着班]|出发")
_FORMED = ("组成", "编入", "编成", "分成", "编为", "分为")
_ENDS = ("", *"、，；。）\n")
_INSPECTING = frozenset("督查巡检")
_FIELD = {"v.serve", "v.field", "v.inspect", "v.form", "v.assign"}
_FORMS = {"v.first_form", "v.other_form"}
_VOLUNTEERED = {"volunteers", "volunteers_batches"}
_SENT = {"medical_staff", "volunteers"}
_TO_ANYBODY = {"v.account", "v.discipline", "v.sample"}


class People(Look):
    """A number that counts persons; its measures side by side with what is said of them."""

    __slots__ = ()

    def decide_people(self, verb, noun, verbs, frame):
        if verb == "v.remind" and "n.public" in (noun, self.own):
            return OTHER, verb
        if "n.rank" in (noun, self.own) or self.own in ("n.unit", "n.area", "n.group", "n.team"):
            return OTHER, verb
        if self.near and self.near[-1].kind == "n.other_rate":
            return OTHER, verb
        summed = self.number.chinese and self.number.value < 10 and self.number.unit == "人"
        if summed and not self.own and self.number.start == self.comma:
            return OTHER, verb  # 三人被免职 sums up persons named before
        passive = self.passive() or self.suffered_later()
        if passive:
            return grammar.DONE_TO_PEOPLE.get(passive, OTHER), passive
        if self.then and self.then[0].kind == "v.sample" and self.then[0].start - self.number.end <= 2:
            return "people_sampled", verb
        if not self.near and self.text[self.number.start - 1] in "为向":
            return OTHER, verb  # 查处欠薪案件68件，为106名工人追回工资
        called = not verbs or "的" in self.text[verbs[-1].end : self.number.start]  # 参与采样的医护人员310名
        if self.own in grammar.PEOPLE_ALONE or noun in grammar.PEOPLE_ALONE and (called or verb not in _TO_ANYBODY):
            times = self.unit == "visits_by_people" and noun == "n.volunteer"
            return "volunteers_person_times" if times else grammar.PEOPLE_ALONE[noun], verb
        if self.unit == "visits_by_people" and verb in SEEING and not noun and not self.own:
            return "inspections", verb  # 巡河663万人次
        helping = "n.volunteering" in (noun, self.own) or frame.key == "volunteers_batches"
        if self.unit == "visits_by_people" and helping:
            return "volunteers_person_times", verb
        if self.kinds & _FORMS:
            forms = [word.kind for word in self.near if word.kind in _FORMS]
            return ("criticism_education" if forms[-1] == "v.first_form" else OTHER), verb
        if verb == "v.file" and not verbs and frame.key == "cases_filed":
            return OTHER, verb  # 立案5件5人: the cases are counted once
        if frame.key in _SENT and self.are_some_of_them():
            return frame.key, verb
        if verb in grammar.DONE_TO_PEOPLE:
            if self.own == "n.thing" and verb != "v.sample":
                return OTHER, verb
            return grammar.DONE_TO_PEOPLE[self.first_measure(verb, verbs)], verb
        volunteered = frame.key in _VOLUNTEERED or frame.key == OTHER and "n.volunteer" in self.kinds
        if self.unit == "visits_by_people" and not self.own and volunteered:
            return "volunteers_person_times", verb  # 志愿者出工318人次
        if ("n.cadre" in (self.own, noun) or verb == "v.form" and "n.cadre" in self.kinds) and (
            frame.key == "groups_formed" or self.are_called(verb)
        ):
            return "people_assigned", verb
        return "people_assigned" if self.are_in_groups(frame) or self.make_up_groups() else OTHER, verb

    def first_measure(self, verb, verbs):
        """提醒谈话、批评教育5人: of measures side by side the first names the figure, unless 处理 sums them up."""
        if verb == "v.account" or not verbs or verbs[-1].kind != verb:
            return verb
        first = verbs[-1]
        for word in reversed(verbs[:-1]):
            if first.start - word.end > 3 or word.kind not in grammar.DONE_TO_PEOPLE:
                break
            first = word
        return first.kind

    def passive(self):
        """被处分, 受到批评教育: the measure after its people, told in their own clause."""
        right = self.sentence.gaps[self.k + 1][:1]
        at_once = right and right[0].start == self.number.end and right[0].kind in grammar.DONE_TO_PEOPLE
        if at_once and self.text[right[0].end : right[0].end + 1] in _ENDS:
            return right[0].kind  # 2人诫勉、7人批评教育
        if not self.then or self.cut or self.kinds & grammar.DONE_TO_PEOPLE.keys():
            return ""
        first = self.then[0]
        if first.kind == "v.publicise":
            return "v.account" if "被" in self.text[self.own_end : first.start] else ""
        marked = self.text[max(self.own_end, first.start - 4) : first.start + 1]
        given = first.start - self.own_end <= 2 and first.kind in grammar.DONE_TO_PEOPLE and first.kind != "v.assign"
        return first.kind if given or any(sign in marked for sign in _SUFFERED) else ""

    def suffered_later(self):
        """副镇长等3人因值班时聚餐，受到警告处分: the measure is told behind the cause."""
        at = self.own_end
        if self.text[at : at + 1] not in "因由" or self.own in PLACES:
            return ""
        told = _SUFFERED_LATER.search(self.text, at, min(self.sentence.end, at + FURTHEST))
        gaps = self.sentence.gaps[self.k + 1 : self.k + 3] if told else ()
        words = (word for gap in gaps for word in gap if word.start >= told.end())
        return next((word.kind for word in words if word.kind in grammar.DONE_TO_PEOPLE), "")

    def are_some_of_them(self):
        """其中邻市支援1500人: a part of the medical staff told before."""
        said = self.text[self.before : self.number.start]
        return not self.own and "其中" in said and any(sign in said for sign in _CAME)

    def are_called(self, verb):
        """People sent into the field: 46名干部拆成小队, 干部204人守在安置点, 抽调的网格员63名."""
        if verb in ("v.form", "v.assign", "v.serve"):
            return True
        words = self.rest_of_clause()
        if any(word.kind in grammar.DONE_TO_PEOPLE and word.kind != "v.assign" for word in (*self.near, *words)):
            return False
        if self.own == "n.cadre" and any(word.kind in _FIELD for word in words):
            return True
        named = self.text[self.number.end : self.own_end]  # 118名村级监督员, 督查人员126名, 参与督查的干部有164人
        if self.nouns and not self.own:
            named = self.text[max(self.before, self.nouns[-1].start - 3) : self.nouns[-1].end]
        if not _INSPECTING.isdisjoint(named):
            return True
        said = self.text[self.comma : min(self.clause_end, self.own_end + NEAR)]
        return bool(_CALLED.search(said))

    def make_up_groups(self):
        """23人，分成五个清查小组: persons told right before the groups they make up."""
        numbers = self.sentence.numbers
        if self.k + 1 == len(numbers) or numbers[self.k + 1].start - self.number.end > NEAR:
            return False
        following = self.sentence.gaps[self.k + 2][:2]
        if not any(word.kind in ("n.group", "n.team") for word in following):
            return False
        named = following[-1].start - numbers[self.k + 1].end
        return named <= NEAR and numbers[self.k + 1].value < self.number.value

    def are_in_groups(self, frame):
        """8个督查组64人, 7个组（42人）, 45人组成的6个检查组."""
        if frame.key == "groups_formed" and not self.own and self.number.start - frame.end <= 3:
            return True
        formed = self.text.startswith(_FORMED, self.own_end)
        return formed and any(word.kind in ("n.group", "n.team") for word in self.rest_of_clause())
