"""Which figure a verb and the thing counted make together: tables only. The keys are those of the catalogue of figures.

`""` says: these two together count nothing in the catalogue (整改 of money, 查结 of clues). `*` is any other thing.
"""

NOTHING = ""
OTHER = "other"

# What a thing counts when no verb says otherwise (隐患累计524项, 督察组共5个).
ALONE = {
    "n.problem": "problems_found",
    "n.clue": "clues_received",
    "n.case": "cases_filed",
    "n.demand": "demands_received",
    "n.group": "groups_formed",
    "n.point": "points_visited",
    "n.sampling": "sampling_points",
    "n.letter": "reminder_letters",
    "n.supervision_order": "supervision_orders",
    "n.handover_order": "handover_orders",
    "n.opinion": "supervisory_opinions",
    "n.suggestion": "work_suggestions",
}
DOCUMENTS = ("n.letter", "n.supervision_order", "n.handover_order", "n.opinion", "n.suggestion")
_PAPERS = {noun: ALONE[noun] for noun in DOCUMENTS}
_NO_THINGS = dict.fromkeys(
    ("n.unit", "n.area", "n.thing", "n.group", "n.team", "n.standing", "n.cadre", "n.rank", "n.patient", "n.public"),
    NOTHING,
)

# verb -> thing -> figure.
TOGETHER = {
    "v.find": {
        "n.suggestion": "demands_received",
        "n.unit": NOTHING,
        "n.patient": NOTHING,
        "n.point": NOTHING,
        "n.thing": NOTHING,
        "n.case": "cases_filed",
        "n.team": NOTHING,
    },
    "v.survey": {
        "n.unit": "units_inspected",
        "n.area": "units_inspected",
        "n.point": "points_visited",
        "n.case": NOTHING,
        "n.thing": NOTHING,
    },
    "v.inspect": {
        "n.unit": "units_inspected",
        "n.area": "units_inspected",
        "n.point": "points_visited",
        "n.sampling": "points_visited",
        "n.thing": NOTHING,
        "n.team": NOTHING,
        "n.case": NOTHING,
        "n.typical": NOTHING,
        "n.demand": NOTHING,
    },
    "v.test": {"n.unit": "units_inspected", "*": NOTHING},
    "v.cover": {"n.unit": "units_inspected", "n.point": "points_visited", "*": NOTHING},
    "v.punish": {
        **_NO_THINGS,
        "n.typical": "cases_filed",
        "n.demand": NOTHING,
        "*case": "cases_filed",
        "*firm": "problems_found",
    },
    "v.rectify": {
        **_PAPERS,
        **_NO_THINGS,
        "n.unit": "problems_rectified",
        "n.demand": "demands_resolved",
        "n.clue": NOTHING,
        "n.case": NOTHING,
        "n.typical": NOTHING,
        "n.suggestion": NOTHING,
        "*": "problems_rectified",
    },
    "v.solve": {
        **_NO_THINGS,
        "n.problem": "problems_rectified",
        "n.demand": "demands_resolved",
        "n.case": NOTHING,
        "n.typical": NOTHING,
        "n.point": NOTHING,
        "n.sampling": NOTHING,
    },
    "v.progress": {
        **_PAPERS,
        **_NO_THINGS,
        "n.demand": NOTHING,
        "n.clue": NOTHING,
        "n.case": NOTHING,
        "n.typical": NOTHING,
        "*": "problems_in_progress",
    },
    "v.order": {**_PAPERS, "*": NOTHING},
    "v.close": {
        **_NO_THINGS,
        "n.demand": "demands_resolved",
        "n.clue": NOTHING,
        "n.case": NOTHING,
        "*": "problems_closed",
    },
    "v.hand_over": {**_PAPERS, **_NO_THINGS, "n.typical": NOTHING, "*": "problems_handed_over"},
    "v.supervise": {**_PAPERS, **_NO_THINGS, "n.clue": "clues_received", "n.task": NOTHING, "*": "supervision_orders"},
    "v.justice": {"n.clue": "problems_handed_over", "*": NOTHING},
    "v.receive": {
        **_NO_THINGS,
        "n.view": "demands_received",
        "n.clue": "clues_received",
        "n.case": "cases_filed",
        "*": "demands_received",
    },
    "v.resolve": {
        **_NO_THINGS,
        "n.case": NOTHING,
        "n.clue": NOTHING,
        "n.typical": NOTHING,
        "*": "demands_resolved",
    },
    "v.done": {
        **_NO_THINGS,
        "n.problem": "problems_rectified",
        "n.task": "problems_rectified",
        "n.demand": "demands_resolved",
    },
    "v.mend": {**_NO_THINGS, "n.problem": "problems_rectified", "n.demand": "demands_resolved"},
    "v.conduct": {**_NO_THINGS, "n.demand": "demands_resolved", "n.clue": NOTHING},
    "v.account": {
        **_PAPERS,
        "n.case": "cases_filed",
        "n.typical": "cases_filed",
        "n.demand": "demands_resolved",
        "*": NOTHING,
    },
    "v.interview": {**_PAPERS, "n.problem": NOTHING, "*": "interviews"},
    "v.file": {**_PAPERS, "n.thing": NOTHING, "n.clue": "cases_filed", "*": "cases_filed"},
    "v.publicise": {
        **_PAPERS,
        **_NO_THINGS,
        "n.problem": "cases_publicised",
        "n.case": "cases_publicised",
        "n.typical": "cases_publicised",
        "n.point": NOTHING,
        "n.clue": NOTHING,
        "n.demand": NOTHING,
        "*case": "cases_publicised",
        "*firm": "cases_publicised",
    },
    "v.form": {"n.team": "groups_formed", "n.point": NOTHING, "n.typical": NOTHING, "n.problem": NOTHING},
    "v.assign": {"n.team": "groups_formed", "n.point": NOTHING, "n.unit": NOTHING, "n.problem": NOTHING},
    "v.sample": {"n.unit": NOTHING, "n.point": NOTHING, "n.thing": NOTHING, "*paper": "people_sampled"},
    "v.issue": {"n.typical": "cases_publicised"},
    "v.aim": {**_PAPERS, "*": NOTHING},
    "v.future": {"*": NOTHING},
    "v.pending": {"*": NOTHING},
}

# What is done to people: verb -> figure, counted in persons.
DONE_TO_PEOPLE = {
    "v.account": "people_accountable",
    "v.punish": "people_accountable",
    "v.discipline": "people_disciplined",
    "v.interview": "interviews",
    "v.remind": "reminder_talks",
    "v.criticise": "criticism_education",
    "v.admonish": "admonitions",
    "v.dismiss": "dismissals",
    "v.file": "cases_filed",
    "v.sample": "people_sampled",
    "v.assign": "people_assigned",
    "v.publicise": "cases_publicised",
}
# People who are counted for what they are.
PEOPLE_ALONE = {"n.volunteer": "volunteers", "n.medical": "medical_staff"}

# What counters count: the class of a unit.
COUNTERS = {
    **dict.fromkeys(("人次", "人(次)", "人（次）", "人（次)", "人(次）"), "visits_by_people"),
    **dict.fromkeys(("人", "名", "位", "人份", "个人"), "people"),
    **dict.fromkeys("家 户 家次 户次 个次 处次 所 座 间 栋 村 县 省 辆 辆次 艘 艘次".split(), "firm"),
    **dict.fromkeys(("件", "起", "宗", "例", "件次", "起次", "桩", "单"), "case"),
    **dict.fromkeys(("个", "项", "条", "处", "块", "片", "款", "段", "样", "种"), "piece"),
    **dict.fromkeys(("份", "封", "期", "张", "本", "篇", "笔", "通", "册", "则"), "paper"),
    **dict.fromkeys(("次", "轮次", "批次", "场次", "轮", "场", "趟", "遍", "车次"), "times"),
    "批": "batches",
    **dict.fromkeys(("组", "支", "队", "路"), "groups"),
    **dict.fromkeys(("%", "‰"), "rate"),
}
