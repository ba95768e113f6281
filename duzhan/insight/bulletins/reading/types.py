"""What a number counts: the verb and the thing nearest to it in its sentence, looked up in the tables of `grammar.py`.

One pass over each sentence that has a number. Words and numbers are laid in order; a number looks left to the number
before it, right to the end of its clause, and takes over verb and thing of the number before when nothing but
connecting words stands between (问题196起260人). What the tables do not know is `other`, never guessed.
"""

import re

from msgspec import Struct
from msgspec.structs import replace

from . import grammar
from .completion import completed
from .grammar import OTHER
from .look import NO_FRAME, PLACES, Frame
from .numerals import Number, numbers
from .people import People
from .sentences import SEEING, Sentence, cut_at_stops
from .words import KIND

_STATES = {"v.done", "v.mend", "v.rectify", "v.progress", "v.close", "v.publicise", "v.resolve", "v.hand_over"}
_DONE = re.compile(r"(?:已|全部|悉数|尽数|均|都|正在|公开|基本|被|予以|得到|现)")
_SHARE = re.compile(r"(?:占比?|比例)(?:[^，,。；;、]{0,12}的)?(?:达|为|约)?$")
_MENDED = {"v.rectify", "v.close", "v.resolve"}
_EACH = re.compile("每个?[月旬周天日年季半]")
_TARGETS = {"n.unit", "n.area", "n.group", "n.cadre", "n.standing"}
_OF_MATTERS = frozenset("件起宗例桩单项条") | {"件次", "起次"}  # counters of matters, never of bodies
_MENDED_KEYS = ("problems_rectified", "problems_closed", "demands_resolved")
_PROGRESS = re.compile(r"(?:率|进度|比例|面|程度|度)(?:已|达|到|为|了|是|超|近|约|至|有|稳|定|在|升|保持|提)*$")
_NO_PAPER = {"v.rectify", "v.progress", "v.close"}
_REST = dict.fromkeys(("problems_rectified", "problems_closed", "problems_in_progress"), "problems_in_progress")
_SOLVED = {
    "demands_received": "demands_resolved",
    "problems_found": "problems_rectified",
    "problems_handed_over": "problems_rectified",
}
_OPEN = {"problems_found", "problems_handed_over", "problems_rectified", "problems_closed"}
_SHARED = {"problems_found", "demands_received", "clues_received", "cases_filed"}
_BEFORE_A_VISIT = frozenset(("", "v.form", "v.solve", "v.aim", "v.serve", "v.issue", "v.find"))
_CLOSE = 12  # signs
_BESIDE = 3  # signs
_HOMES = re.compile("入户|进[门户]|敲|看望|农户|居民|村民|老人|群众|家门")
_NOT_FAR = 60  # signs
_SITES = frozenset("心站点房室棚库口亭")
_TAKEN_UP = {"v.punish", "v.solve"}
_SAYS_LITTLE = frozenset("v.form v.field v.aim v.future v.cover v.rest v.involve v.solve v.conduct v.issue".split())
_TELLING = (
    {kind for kind in KIND.values() if kind[0] == "v" and kind not in _SAYS_LITTLE}
    | set(grammar.ALONE)
    | {"n.volunteer", "n.medical", "n.cadre", "n.rate", "n.patient", "n.visits"}
)


class Typed(Struct, gc=False):
    """A number with the key of what it counts; [start, end) is the piece a reader would mark."""

    number: Number
    key: str
    start: int
    end: int
    sentence: int  # where its sentence begins
    part: bool  # told as part of the figure before it (其中)
    scope: str = ""  # the name its row begins with, in a table


def typed_numbers(text: str) -> list[Typed]:
    """Every number of the sentences that speak of supervision, with what it counts."""
    counted, found, frame, said = numbers(text), [], NO_FRAME, {}
    for start, end, first, last in cut_at_stops(text, counted):
        frame = _read(Sentence(text, start, end, counted[first:last]), frame, found, said)
    return completed(text, found)


def _read(sentence, last, found, said):
    """Adds what the sentence counts to `found`; `last` is the frame of the number before it. Returns that of its own last."""
    speaks = _speaks(sentence)
    if not speaks and last.key == OTHER:
        return NO_FRAME  # a sentence about other things
    frame, counted = NO_FRAME, OTHER
    for k, number in enumerate(sentence.numbers):
        if speaks and (number.vague or number.unit and number.unit not in grammar.COUNTERS):
            frame, counted = Frame("", "", OTHER, "", number.end), OTHER  # money, lengths, ranges
            found.append(Typed(number, OTHER, number.start, number.end, sentence.start, False))
            continue
        look = _Typing(sentence, k)
        look.last, look.said = last, said
        if not k and look.is_parallel(last):
            frame, start, end = last, number.start, number.end
        elif speaks or frame.key != OTHER and look.is_parallel(frame):
            frame, start, end = look.decide(frame)
        else:
            continue
        part = "其中" in sentence.text[look.before : number.start]
        found.append(Typed(number, frame.key, start, end, sentence.start, part))
        if look.unit == "rate":  # 已整改276个，整改率97.87%，其余5个: the rest is of what was counted, not of the rate
            frame = replace(frame, key=counted)
        counted = frame.key
    return frame


def _speaks(sentence):
    for gap in sentence.gaps:
        for word in gap:
            if word.kind in _TELLING:
                return True
    return False


class _Typing(People):
    """Decides what its number counts.

    `last` is the frame of the sentence before; `said` is what each verb has counted.
    """

    __slots__ = ("last", "said")

    def decide(self, frame):
        number = self.number
        if self.unit == "rate":
            return self.decide_rate(frame)
        acted = self.acted_on()
        verbs = [acted] if acted else self.verbs()
        verb = self.governing(verbs) if verbs else None
        noun_word = self.left_noun(verb)
        noun = noun_word.kind if noun_word else ""
        verb_kind = verb.kind if verb else ""
        if self.own == "n.aspect":  # 问题30个方面87条
            return Frame(verb_kind, noun, OTHER, self.unit, self.own_end), number.start, number.end
        if self.is_parallel(frame):
            return replace(frame, end=self.own_end), number.start, number.end
        if not verb and self.inherits(frame, noun):
            verb_kind = frame.verb
            noun = self.own or noun or (frame.noun if self.same_class(frame) else "")
        noun = self.own or noun
        if "v.future" in self.kinds or self.near and self.near[-1].kind == "n.other_rate":
            return Frame(verb_kind, noun, OTHER, self.unit, self.own_end), number.start, number.end
        if self.unit == "bare" and not self.is_named():
            return Frame(verb_kind, noun, OTHER, "", self.own_end), number.start, number.end
        decide = _DECISIONS.get(self.unit, _Typing.decide_thing)
        key, verb_kind = decide(self, verb_kind, noun, verbs, frame)
        start = noun_word.start if noun_word and not self.own and noun_word.end >= number.start - 4 else number.start
        end = self.own_end if self.own and self.own_end - number.end <= 24 else number.end
        return Frame(verb_kind, noun, key or OTHER, self.unit, self.own_end), start, end

    def decide_bare(self, verb, noun, verbs, frame):
        last = self.near[-1].kind
        if last in grammar.DONE_TO_PEOPLE and last not in ("v.file", "v.punish", "v.sample"):
            return grammar.DONE_TO_PEOPLE[last], verb
        if last in grammar.PEOPLE_ALONE:
            return grammar.PEOPLE_ALONE[last], verb
        if last == "n.visits":
            return "inspections", verb
        if last == "n.rate":
            return "rectification_rate" if self.number.value <= 100 else OTHER, verb
        called = self.text.endswith(("电话", "热线"), 0, self.near[-1].end)  # 举报电话：12336
        if called or not isinstance(self.number.value, int):
            return OTHER, verb
        return self.decide_thing(verb, noun, verbs, frame)

    def decide_rate(self, frame):
        nouns = [word for word in self.near if word.kind in ("n.rate", "n.other_rate")]
        said = self.text[self.before : self.number.start].strip("，,；;（( ")
        key, start = OTHER, self.number.start
        if nouns:
            key = "rectification_rate" if nouns[-1].kind == "n.rate" else OTHER
            start = nouns[-1].start if nouns[-1].end >= start - 4 else start
        elif self.is_share_mended(frame, said):
            key = "rectification_rate"
        return replace(frame, key=key, end=self.own_end), start, self.number.end

    def is_share_mended(self, frame, said):
        """占66.67% after what was mended, 整改了98%, 问题改完95%, 98%的问题已整改."""
        if frame.key in _MENDED_KEYS and (not said or _SHARE.match(said)):
            return True
        mended = [word for word in self.near if word.kind in _MENDED]
        if mended and (_PROGRESS.search(said) or not self.residue(mended[-1].end, self.near[-1:])):
            return True
        done = bool(self.then) and self.then[0].kind in _MENDED
        return done and (self.own == "n.problem" or self.then[0].start - self.number.end <= _BESIDE)  # 92%已得到纠正

    def decide_times(self, verb, noun, verbs, frame):
        if _EACH.search(self.text, self.comma, self.number.start):
            return OTHER, verb  # 每月至少巡河1次
        kinds = self.kinds
        if "v.test" in kinds or frame.verb == "v.test" and not kinds:
            return OTHER, verb  # batches of goods
        seen = frame.key == "units_inspected" and not self.near and not self.own and not self.residue(frame.end)
        if kinds & {"v.inspect", "v.survey", "n.visits"} or seen or (frame.key == "inspections" and not self.near):
            if kinds & {"v.publicise", "v.interview", "v.sample", "v.issue"} or self.then or self.own in ("n.thing",):
                return OTHER, verb
            return "inspections", verb
        if verb in ("v.form", "v.assign") and self.number.unit in ("批次", "轮次") and not self.own:
            return "volunteers_batches" if noun == "n.volunteer" else "inspections", verb
        return OTHER, verb

    def decide_batches(self, verb, noun, verbs, frame):
        following = self.text[self.number.end : self.number.end + 12]
        called = verb in ("v.form", "v.assign")
        if called and (noun == "n.volunteer" or re.match(r"[、，,]?(?:累计|共)?\d[\d,.万余]*人次", following)):
            return "volunteers_batches", verb
        return OTHER, verb

    def decide_groups(self, verb, noun, verbs, frame):
        if noun in ("n.group",) or noun == "n.team" and verb in ("v.form", "v.assign"):
            return "groups_formed", verb
        split = verb == "v.form" and not noun and self.number.unit == "组" and self.near
        split = split and not self.residue(self.near[-1].end)
        return "groups_formed" if split else OTHER, verb

    def decide_thing(self, verb, noun, verbs, frame):
        """What is known at once, what is told after the number, what only the number before explains, then the tables."""
        key = self.known_at_once(verb, verbs)
        if key:
            return key, verb
        told = self.told_after(verb, noun, verbs, frame)
        if told:
            return told
        verb = self.seen_later(verb)
        key = self.explained_before(verb, noun, verbs, frame)
        if key:
            return key, verb
        verb, noun = self.meant(verb, noun, verbs, frame)
        key = self.said_before(verb, noun) or self.looked_up(verb, noun)
        if key in (OTHER, "") and not noun and (self.finds_fault(verbs) or not verb and self.sums_up_faults()):
            key = "problems_found"
        if key not in (OTHER, "") and noun and verb in _TAKEN_UP:
            self.said[verb] = key
        shared = not noun and frame.key in _SHARED and self.same_class(frame) and self.is_part_of_it(verb)
        return (frame.key if shared and key in (OTHER, "") else key), verb

    def known_at_once(self, verb, verbs):
        """Whatever verb and thing are: provinces, vehicles, who suffered something (12家场所被封), groups."""
        if self.number.unit == "省" and (not verbs or self.text[verbs[-1].end : self.number.start].strip("了全国对")):
            return OTHER
        if self.unit == "firm" and self.number.unit[0] in "辆艘栋" and (verb in SEEING) == (self.number.unit == "栋"):
            return OTHER  # vehicles and ships are visited, houses are only looked through
        if self.own and not self.then and self.text.startswith("被", self.own_end):
            return OTHER
        if self.own == "n.area" and "省" in self.text[self.number.end : self.own_end]:
            return OTHER  # 31个省区市 say how far, not what was visited
        if self.number.unit == "期" and self.own and self.own not in grammar.DOCUMENTS:
            return OTHER  # 分5期通报典型案例21起
        named = self.text[self.number.end : self.own_end]
        split = self.text[self.number.start - 1] in "分编"  # 分4个小组
        if named in ("组", "小组") and not verbs and (split or self.goes_on_with(*SEEING)):
            return "groups_formed"  # 38个组、216人，跑点位1263个
        is_group = self.own == "n.group" and self.unit == "piece" and self.own_end - self.number.end <= _CLOSE
        return "groups_formed" if is_group else ""

    def told_after(self, verb, noun, verbs, frame):
        """(figure, verb) where what was done stands behind (18件已办结); None where nothing does."""
        if not self.then or self.cut:
            return None
        told = self.then[0].kind
        if told == "v.find" and self.own == "n.unit" and self.text.startswith("存在", self.then[0].start):
            faulty = any(word.kind == "n.problem" for word in self.right)
            return ("problems_found", told) if faulty else None  # 47家企业存在环境违法行为
        if told == "v.done" and self.text[self.then[0].end : self.clause_end].strip("了"):
            return None  # 已经完成一半
        described = verbs and self.text[verbs[-1].end : self.number.start] == "的"  # 查处的35起问题公开曝光
        described = described or "已" in self.text[self.number.start - 2 : self.number.start]  # 已有17个问题整改完毕
        is_state = told in _STATES and (described or _DONE.search(self.text, self.own_end - 1, self.then[0].start))
        if told == "v.hand_over" and verb in ("v.find", "v.rest"):
            return None  # 发现的问题17个全部交给街道, 剩余9项已移交属地
        if verb and not is_state or noun == "n.area" and told in SEEING:
            return None
        solved = told in ("v.done", "v.mend", "v.solve") and not noun
        key = _SOLVED.get(frame.key, "") if solved else self.looked_up(told, noun)
        return (key, told) if key else None

    def seen_later(self, verb):
        """对8家企业开展检查: bodies and points are counted for the visit, though another verb stands before them."""
        if self.own not in ("n.unit", "n.point") or verb not in _BEFORE_A_VISIT:
            return verb
        return next((word.kind for word in self.rest_of_clause() if word.kind in SEEING), verb)

    def explained_before(self, verb, noun, verbs, frame):
        """The rest, what was solved, what goes on: of what was counted before; "" where the tables say it."""
        if verb == "v.rest":
            return _REST.get(self.last.key if frame.key == OTHER else frame.key, OTHER)
        if verb in ("v.solve", "v.done", "v.mend") and not noun:
            before = frame.key if frame.key in _SOLVED or verb != "v.mend" else self.last.key
            return _SOLVED.get(before, "problems_rectified" if frame.noun == "n.task" else OTHER)
        if verb == "v.pending" or not verb and self.then and self.then[0].kind == "v.pending":
            return "problems_in_progress" if frame.key in _OPEN and not noun else OTHER
        if (
            verb == "v.hand_over"
            and noun in _TARGETS
            and not self.own
            and frame.key in ("problems_found", "demands_received")
        ):
            return "problems_handed_over"  # 发现问题26个，交给街道26个
        if verb == "v.progress" and verbs and not noun and self.residue(verbs[-1].end):
            return OTHER
        if verb == "v.adopt":
            return frame.key if frame.key in ("work_suggestions", "supervisory_opinions") else OTHER
        if verb == "v.conduct" and noun == "n.demand" and self.goes_on_with("v.resolve", "v.hand_over"):
            return "demands_received"  # 办理诉求275件，办结270件
        if verb == "v.account" and not noun and frame.key == "demands_received":
            return "demands_resolved"  # 收到举报326条，查实处理298条
        if verb == "v.find" and noun in ("n.unit", "n.point") and self.is_faulty():
            return "problems_found"  # 发现存在环境问题的企业258家
        return ""

    def meant(self, verb, noun, verbs, frame):
        """Verb and thing as they are meant here: 收到并办理269件 was received, a case that is received is a demand."""
        after_receiving = verb == "v.conduct" and len(verbs) > 1 and verbs[-2].kind == "v.receive"
        if after_receiving and verbs[-1].start - verbs[-2].end < 3:
            verb = "v.receive"
        told = self.unit in ("case", "piece") and verb == "v.publicise"
        if (
            told
            and not noun
            and self.text.rfind("典型", max(self.sentence.start, self.number.start - _NOT_FAR), self.number.start) > 0
        ):
            noun = "n.typical"  # 发布典型案例3批20个
        if noun == "n.team" and any(word.kind in ("v.form", "v.assign") for word in verbs):
            verb = "v.form"  # 成立整治专班1个
        if verb == "v.involve":
            verb = frame.verb if frame.noun == noun else ""
        if verb == "v.receive" and (noun == "n.suggestion" or noun == "n.case" and "n.demand" in self.kinds):
            noun = "n.demand"
        return verb, noun

    def is_part_of_it(self, verb):
        """占4.87万个, 没装治理设施的252个: a part of what was counted before."""
        said = self.text[self.before : self.number.start]
        return said.endswith("占") or not verb and said.endswith("的") and not self.own

    def said_before(self, verb, noun):
        """查处17个, after 查处问题23个 of another place: of the same things; "" where the text has told none."""
        if noun or self.own or self.unit not in ("case", "piece") or verb not in self.said or not self.near:
            return ""
        return "" if self.residue(self.near[-1].end) or self.says_more() and not self.cut else self.said[verb]

    def looked_up(self, verb, noun):
        if not verb:
            return grammar.ALONE.get(noun, OTHER) if self.unit != "firm" or noun in ("n.problem",) else OTHER
        table = grammar.TOGETHER.get(verb, {})
        noun = "" if verb in SEEING and noun == "n.public" else noun  # 检查商铺和用户71万户
        if noun in table:
            if noun in _TARGETS and self.number.unit in _OF_MATTERS and "*" in table:
                return table["*"]
            return table[noun]
        if "*" in table:
            return OTHER if not noun and self.unit == "paper" and verb in _NO_PAPER else table["*"]
        if noun:
            return grammar.ALONE.get(noun, OTHER)
        if f"*{self.unit}" in table:
            return table[f"*{self.unit}"]
        if verb in SEEING and self.unit == "firm":
            homes = self.number.unit == "户" and _HOMES.search(self.text, self.comma, self.number.start)
            return "points_visited" if homes else "units_inspected"
        looked = verb in SEEING and self.near and self.near[-1].kind in PLACES and not self.own
        if looked and (
            self.number.unit == "处" or self.number.unit == "个" and self.text[self.number.start - 1] in _SITES
        ):
            return "points_visited"  # 查看河道、水库、山洪沟212处
        if self.own or self.says_more() or not self.near or self.residue(self.near[-1].end):
            return OTHER
        if verb == "v.survey" and self.last.key in _OPEN:
            return "problems_found"  # 排查2709个, after problems
        if verb in SEEING and self.number.unit in ("处", "个"):
            return "points_visited"
        return "problems_found" if verb == "v.find" and self.unit in ("piece", "case", "bare") else OTHER


_DECISIONS = {
    "people": _Typing.decide_people,
    "visits_by_people": _Typing.decide_people,
    "times": _Typing.decide_times,
    "batches": _Typing.decide_batches,
    "groups": _Typing.decide_groups,
    "bare": _Typing.decide_bare,
}
