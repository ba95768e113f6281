"""How a number looks around in its sentence: what stands before it, what it counts, what is done to that."""

import re

from msgspec import Struct

from . import areas, grammar
from .grammar import OTHER
from .sentences import SEEING

_CLAUSE_END = re.compile(r"[，,；;：:()）—（](?:(?<![—（])|(?<=—)—|(?<=（)(?![^（）]{1,5}）))")
_COMMAS = "，；："  # what is prepared has full-width marks
# Words that connect a number with what it counts and say nothing themselves.
_CONNECTING = "0123456789. |\t最一数量突破过人共有达计为了已等和及与、，,的其中分别累积总数约近包括以还另先后各并也均是占合余则到含前后内外目现、“”‘’\"'（）()《》〈〉[]【】：:—-仅只超逾多个地相应关"
_SAYING = re.compile(f"[^{re.escape(_CONNECTING)}]")
_POINT = re.compile(r"点(?![\w]|位)|点(?=[，,、；;。])")
_LISTED = re.compile(r"[^，；：。的]{0,8}[、和及与]|、[^，；：。的、]{1,8}")
_TOWARDS = re.compile("[到在对向赴为是从由将把被就前]")  # a noun after these is no part of what was counted
PLACES = {"n.unit", "n.area", "n.point", "n.sampling"}
_ACTED_ON = PLACES | {"n.cadre"}
_COUNTS_PLACES = {"个", "家", "所", "户"}
_KEPT_AT = {"n.problem", "n.thing", "n.clue", "n.case", "n.demand", "n.aspect"}
PERSONS = {"n.cadre", "n.rank", "n.group", "n.team", "n.volunteer", "n.medical"}
_UNNAMED = frozenset("n.cadre n.thing n.rank n.area n.aspect n.unit v.aim v.form v.issue v.inspect v.serve".split())
_ACTORS = {"n.group", "n.team", "n.standing", "n.cadre", "n.rank", "n.thing", "n.area"}
_SEEN = ("units_inspected", "points_visited")
_PLACED = {"n.sampling", "n.point"}
_GOES_ON = re.compile("[并后即，；：已均全立当督责]|问题|隐患")
NEAR = 12  # signs
_NOTHING, _AREA = frozenset(), frozenset(("n.area",))
_TIERS = frozenset(("省级", "市级", "县级", "区级", "乡级", "村级"))
_OPENING = "，；：、。\n 　▲●·-—"
_NO_TOWARDS = ("面针反核应比绝校相派结", "照应口象接标")  # 面对, 针对; 对照, 对应
_SILENT_TOWARDS = {"v.sample", "v.assign", "v.file", "v.punish"}
_BESIDE = 6  # signs
_AT_WORK = re.compile("[到在对向赴入进]")  # 456名吃住在村
_LOWER = re.compile("[县乡镇村]")
_PAUSE = re.compile("[，；]")
_TO_BE_DONE = {"v.conduct", "v.inspect", "v.account", "v.punish", "v.solve"}
_BOTH = frozenset("并和、，后且")
_HEADS = {"n.problem", "n.typical", "n.case", "n.clue", "n.demand"}
_IN_A_NAME = {"v.solve", "v.serve", "v.field", "v.aim", "v.receive", "v.inspect", "v.conduct"}
_FAULT = re.compile("[不未无乱违漏缺损虚假瞒拖脱空私擅逾滥堵]|失[职责实效]|超[标期范限]|过期|老化|敷衍|推诿")
_SUM = re.compile(
    "(?:拢共|合计|共计|总计|一共|总共|共|计|凡|数下来|算下来|加起来|合起来|统计下来|一数|一算|加在一起|大小)+有?"
)
_LISTED_FAULTS = 30  # signs
FURTHEST = 200  # signs a clause is looked through; longer ones are no sentence
_SILENT = {"v.serve", "v.field"}  # never govern a number after them


class Frame(Struct, gc=False):
    """What governs a number, kept for the number after it."""

    verb: str
    noun: str
    key: str
    unit: str
    end: int = 0  # where the thing counted ends


NO_FRAME = Frame("", "", OTHER, "")


class Look:
    """One number looks around: left to the number before it, right to the end of its clause."""

    __slots__ = (
        "before", "clause_end", "comma", "counts_people", "cut", "k", "kinds", "left", "near", "nouns", "number", "own",
        "own_end", "right", "right_end", "sentence", "text", "then", "unit",
    )  # fmt: skip

    def __init__(self, sentence, k):
        text, number = sentence.text, sentence.numbers[k]
        self.text, self.number, self.sentence, self.k = text, number, sentence, k
        before = self.before = sentence.numbers[k - 1].end if k else sentence.start
        after = sentence.numbers[k + 1].start if k + 1 < len(sentence.numbers) else sentence.end
        self.unit = grammar.COUNTERS.get(number.unit, "") if number.unit else "bare"
        self.counts_people = self.unit in ("people", "visits_by_people")
        self.left = self.near = self._near_enough(sentence.gaps[k])
        gap = text[before : number.start].removesuffix("：")  # 发现问题：46
        comma = self.comma = before + gap.replace("；", "，").replace("：", "，").rfind("，") + 1
        if comma > before and self.left and self.left[0].start < comma:
            self.near = [word for word in self.left if word.start >= comma]
        self.kinds = {word.kind for word in self.near} if self.near else _NOTHING
        self.nouns = [word for word in self.left if word.kind[0] == "n"] if self.left else []
        furthest = min(sentence.end, number.end + FURTHEST)
        stop = _CLAUSE_END.search(text, number.end, furthest)
        goes_on = "）" if self.counts_people else "）、"  # 46名干部（含乡镇）分片包街, 21个村（社区）、16家企业
        while stop and text.startswith(goes_on, stop.start()) and "（" in text[number.end : stop.start()]:
            stop = _CLAUSE_END.search(text, stop.end(), furthest)
        self.clause_end = stop.start() if stop else sentence.end
        self.cut = after < self.clause_end
        self.right_end = self.clause_end
        if self.cut:  # 问题18件、干部25人: what follows the mark belongs to the next number
            mark = text.rfind("、", number.end, after)
            self.right_end = mark if mark > 0 else after
        self.right = sentence.gaps[k + 1]
        if self.right and self.right[-1].start >= self.right_end:
            self.right = [word for word in self.right if word.start < self.right_end]
        self.own, self.own_end, self.then = "", number.end, []
        if self.right or number.unit == "个":
            self._split_right()

    def _near_enough(self, words):
        furthest = self.number.start - FURTHEST
        return words if self.before >= furthest else [word for word in words if word.start >= furthest]

    def rest_of_clause(self):
        """The words after the number to the end of its clause, over the next few numbers."""
        gaps = self.sentence.gaps[self.k + 1 : self.k + 5]
        return [word for gap in gaps for word in gap if word.start < self.clause_end]

    def is_faulty(self):
        """Whether what is counted is counted for its problems (存在问题的企业)."""
        return any(word.kind == "n.problem" and self.text[word.end : word.end + 1] == "的" for word in self.near)

    def goes_on_with(self, *kinds):
        """Whether a later clause of the sentence does one of these."""
        return any(word.kind in kinds for gap in self.sentence.gaps[self.k + 1 : self.k + 5] for word in gap)

    def _split_right(self):
        """Words after the counter: the thing counted (own), then what happens to it (then)."""
        first = None
        for k, word in enumerate(self.right):
            follower = self.right[k + 1] if k + 1 < len(self.right) else None
            if word.kind[0] == "v":
                joined = follower and not first and follower.kind[0] == "n" and follower.start == word.end
                joined = joined and word.start == self.number.end  # 40个全部交办镇办 tells what was done
                joined = joined and (word.kind != "v.hand_over" or follower.kind not in ("n.unit", "n.area"))
                joined = joined and (word.kind not in _SILENT or follower.kind in PERSONS)  # 1.9万人分赴社区
                joined = joined or not first and self._names_the_thing(word)
                if joined or self.text[word.end : word.end + 1] == "的":
                    continue
                self.then = [other for other in self.right[k:] if other.kind[0] == "v"]
                break
            if first and first.kind in ("n.thing", "n.aspect") and first.start == self.number.end:
                if word.start == self.own_end and word.kind in PLACES:
                    self.own, self.own_end = word.kind, word.end  # 128家药品生产企业
                continue
            if first is None and self.text[self.number.end] in "到赴至":
                break
            if self.counts_people and word.kind not in PERSONS and (first or self._is_where(word)):
                break
            if first and _TOWARDS.search(between := self.text[self.own_end : word.start]) and between[-1:] != "的":
                break
            first = first or word
            self.own, self.own_end = word.kind, word.end
            if first.kind == "n.group":
                break
        if not self.own and self.number.unit == "个" and _POINT.match(self.text, self.number.end):
            self.own, self.own_end = "n.point", self.number.end + 1
        if first and first.kind in PLACES and self.number.unit in _COUNTS_PLACES and self.own in _KEPT_AT:
            self.own = first.kind  # 12个单位存在的问题 are 12 bodies
        elif first and self.own == "n.problem" and first.kind in (*PLACES, "n.thing", "n.team"):
            near = 1 if first.kind == "n.thing" else 6
            if "的" not in self.text[first.end : self.own_end] and first.start - self.number.end <= near:
                self.own = "n.thing"  # 30条街道管理问题: which is counted?

    def _is_where(self, word):
        """46名干部守在村口: where the persons are, not what they are."""
        return word.kind in _PLACED or _AT_WORK.search(self.text, self.number.end, word.start) is not None

    def _names_the_thing(self, verb):
        """22起整治扶贫领域典型问题: the verb only says of what kind the thing is that stands at the end of the clause."""
        head = self.right[-1]
        if verb.start != self.number.end or verb.kind not in _IN_A_NAME:
            return False
        return head.kind in _HEADS and head.end == self.right_end

    def residue(self, start, words=()):
        """Whether anything is left between `start` and the number when words and connecting signs are taken out."""
        at = start
        for word in words:
            if word.start >= at:
                if _SAYING.search(self.text, at, word.start):
                    return True
                at = word.end
        return _SAYING.search(self.text, at, self.number.start) is not None

    def verbs(self):
        """Verbs that may govern, those of the number's own clause first; [] when none does."""
        near = self._governors(self.near)
        if (
            len(near) > 1
            and near[-1].kind in SEEING
            and any(word.kind in PERSONS and word.start == near[-1].end for word in self.near)
        ):
            near.pop()  # 出动督查力量: the second verb only says which persons
        if near:
            acting = [word for word in near if word.kind != "v.involve"] if "v.involve" in self.kinds else near
            return acting or near
        if self.residue(self.comma, self.near) or not self.near and self.says_more():
            return []
        return self._governors(self.left)

    def acted_on(self):
        """The verb behind what is counted: 对23家企业开展检查, 对9个县（市、区）主要负责人公开约谈; None if there is none."""
        if not (self.counts_people or self.unit == "firm" or self.own in _ACTED_ON):
            return None
        text, number = self.text, self.number
        at = text.rfind("对", self.comma, number.start)
        if at < 0 or text[at - 1] in _NO_TOWARDS[0] or text[at + 1] in _NO_TOWARDS[1]:
            return None
        described = text[number.start - 1] == "的"  # 对整改迟缓的9个县
        if not described and any(word.kind[0] == "v" and word.start > at for word in self.near):
            return None
        stop = _PAUSE.search(text, number.end, self.sentence.end)
        end = stop.start() if stop else self.sentence.end
        words = [word for gap in self.sentence.gaps[self.k + 1 : self.k + 4] for word in gap]
        verb = next((w for w in words if w.kind[0] == "v" and text[w.end : w.end + 1] != "的"), None)
        if verb is None or verb.end > end:
            return None
        if self.counts_people or any(word.kind == "n.cadre" and word.start < verb.start for word in words):
            return verb if verb.kind in grammar.DONE_TO_PEOPLE and verb.kind not in _SILENT_TOWARDS else None
        if verb.kind not in SEEING or self.own == "n.area" and not _LOWER.search(text, number.end, self.own_end):
            return None  # 对9个省份开展督察 says how far, not what was visited
        at_once = self.unit == "firm" and verb.start - number.end <= _BESIDE  # 对19家逐一检查
        return verb if self.own in PLACES or at_once else None

    def _governors(self, words):
        """Verbs of these that may govern; 完成 may where nothing but what it counts follows (完成27项, 完成整改任务27项)."""
        return [
            word
            for word in words
            if word.kind[0] == "v"
            and word.kind not in _SILENT
            and (word.kind != "v.done" or not self.residue(word.end, self.left))
        ]

    def governing(self, verbs):
        """The verb that governs: the nearest; the first of its clause when a list (…等问题) stands between."""
        last = verbs[-1]
        if len(verbs) > 1 and (handed := self._handed_before(verbs)):
            return handed
        if len(verbs) > 1 and verbs[-2].kind == "v.order" and last.start - verbs[-2].end <= 4:
            return verbs[-2]  # 责令停产整改: ordered, not done
        if len(verbs) > 1 and (found := self._found_before(verbs)):
            return found
        noun = self.nouns[-1] if self.nouns else None
        if noun and self.text[noun.start - 1] in "等的" and noun.start - 1 >= last.end:
            comma = max(self.text.rfind(mark, self.before, last.start) for mark in _COMMAS)
            verbs = [verb for verb in verbs if verb.start > comma]
            first = verbs[0]
            for verb in verbs[1:]:  # verbs side by side act together, the last of them on the thing
                listed = verb.start >= last.start and "、" in self.text[first.end : verb.start]
                if verb.start - first.end > 3 or listed:
                    break
                first = verb
            return first
        return last

    def _handed_before(self, verbs):
        """转地方核查办理12件: what the others are to do with it; it was handed over."""
        last = verbs[-1]
        for verb in verbs[:-1]:
            between = self.text[verb.end : last.start]
            if verb.kind == "v.hand_over" and last.kind in _TO_BE_DONE and len(between) <= NEAR:
                return verb if _BOTH.isdisjoint(between) else None
        return None

    def _found_before(self, verbs):
        """发现敷衍答复、假办结13件: what was found is told by other verbs, unless they go on (发现后立即整改)."""
        for verb, after in zip(verbs, verbs[1:], strict=False):
            between = self.text[verb.end : after.start]
            if verb.kind == "v.find" and len(between) < NEAR and not _GOES_ON.search(between):
                listed = self.text[verb.end : self.number.start]
                return verb if ("、" in listed or listed.endswith("的") or "等" in listed) and between else None
        return None

    def left_noun(self, verb):
        """The thing counted when it stands before the number: after the verb and close by, or before the verb."""
        nouns = [word for word in self.nouns if word.kind != "n.aspect"]
        if not nouns:
            return None
        last = nouns[-1]
        if verb is None or last.start >= verb.end:
            if self.text[last.end] == "等" and not self.own and self.says_more():
                return None  # 突出问题等六项重点
            if self.residue(last.end, self.left):
                return None
            before = nouns[-2] if len(nouns) > 1 else last
            faulty = before.kind == "n.problem" and before.end == last.start and last.kind != "n.thing"
            return before if faulty else last  # 问题企业14家
        subjects = [word for word in nouns if word.start >= self.comma]
        if subjects and subjects[-1].kind not in _ACTORS:
            return subjects[-1]
        return None

    def says_more(self):
        """Whether the clause goes on after the number and the thing counted."""
        return _SAYING.search(self.text, self.own_end, self.right_end) is not None

    def inherits(self, frame, noun):
        """Whether the number before hands its verb on: only connecting words between, nothing said after."""
        if not frame.unit or "n.other_rate" in self.kinds:
            return False
        if self.own == "" and self.says_more() and not self.cut:
            return False
        silent = not any(word.kind[0] == "v" and word.start >= frame.end for word in self.left)
        seen = frame.verb in SEEING and {self.unit, frame.unit} <= {"firm", "piece"} and frame.key in _SEEN
        if seen and (self.unit == "firm" or noun in PLACES) and silent:
            return True  # 检查学校食堂67家次，校园周边食品店30家次
        if silent and _LISTED.fullmatch(self.text, self.before, self.number.start):
            return True  # 抽查了8个某某、4家企业
        return not self.residue(max(self.before, frame.end), self.left) or noun == frame.noun == "n.problem"

    def same_class(self, frame):
        return frame.unit in (self.unit, "", "batches") or {frame.unit, self.unit} <= {"case", "piece", "firm"}

    def is_named(self):
        """发现问题：46，约谈3: a number without a counter counts only what stands right before it."""
        return bool(self.near) and not self.residue(self.near[-1].end) and self.near[-1].kind not in _UNNAMED

    def sums_up_faults(self):
        """消杀应付、登记重复，合计61处: a sum of what the clause before tells as wrong."""
        if self.comma <= self.before or self.own or self.unit not in ("case", "piece"):
            return False
        if not _SUM.fullmatch(self.text, self.comma, self.number.start):
            return False
        told = any(word.kind == "n.problem" for word in self.left)
        listed = "、" in self.text[max(self.before, self.comma - NEAR * 2) : self.comma]
        return told or listed and _FAULT.search(self.text, self.before, self.comma) is not None

    def finds_fault(self, verbs):
        """发现瞒报漏报112个: no word for a problem, but signs that say what is wrong."""
        if not verbs or self.own or self.unit not in ("case", "piece", "paper"):
            return False
        if self.number.chinese and self.number.value == 1:
            return False  # 堆在一起
        verb = next((word for word in reversed(verbs) if word.kind == "v.find"), None)
        if verb is None or self.number.start - verb.end > _LISTED_FAULTS or self.says_more() and not self.cut:
            return False
        return _FAULT.search(self.text, verb.end, self.number.start) is not None

    def is_parallel(self, frame):
        """四川707人，山东362人: a place and a number alone count what was counted before."""
        if frame.key == OTHER or self.own or self.number.vague or self.unit != frame.unit or not self.kinds <= _AREA:
            return False
        start = self.comma
        start += 2 if self.text.startswith("其中", start) else 0
        while start < self.number.start and self.text[start] in _OPENING:
            start += 1
        name = self.text[start : self.number.start]
        whole = [(start, self.number.start)]
        return 1 < len(name) <= NEAR and (name in _TIERS or areas.found(self.text, *whole[0]) == whole)
