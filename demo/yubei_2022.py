"""渝北 2022: nine groups of thirty-nine people stay at nine streets for six days."""

from demo import country
from demo.evenings import put_evenings
from demo.opening import opened, read
from demo.pace import Pace
from demo.rounds import COLUMNS, Beat, go_round, less_specials, put_special
from demo.story import Story, local
from duzhan.base.clock.instants import travel

OF_THE_ACCOUNTS = "500112016"  # 两路街道: here the accounts of the demo belong
TWISTS = {
    "500112002": ("sent_back", "sent_back", "relapsed"),
    "500112017": ("sent_back", "extended"),
    "500112023": ("sent_back",),
    "500112016": ("sent_back", "sent_back", "paused"),
    "500112012": ("sent_back",),
    "500112013": ("extended",),
    "500112011": ("sent_back", "sent_back", "extended"),
    "500112020": ("sent_back",),
    "500112004": ("sent_back", "sent_back"),
}


def compose() -> Story:
    told = read("yubei_2022")
    story = opened(told)
    until = local(told["as_of"])
    pace = Pace(
        first=local("2022-11-20 08:00"),
        until=until,
        on_the_spot=0.22,
        photos=0.12,
        weights=(14, 19, 19, 18, 17, 13),
    )
    with travel(story.operation.started_at):
        lenders = [
            story.cast.body(name, "commission" if "纪委" in name else "department", story.operation.area)
            for name in told["lenders"]
        ]
        for number, street in enumerate(told["streets"], 1):
            specials = [each for each in told["special"] if each["street"] == street["area"]]
            made = go_round(story, _beat(story, number, street, specials, lenders), pace)
            for special in specials:
                put_special(story, pace, made, special)
    story.hears_groups = True
    put_evenings(story, until)
    return story


def _beat(story, number, street, specials, lenders):
    cast, told = story.cast, story.told
    area = country.area(street["area"])
    unit = cast.body(f"渝北区{area.name}办事处", "territory", area, area.name)
    first = ()
    if street["area"] == OF_THE_ACCOUNTS:
        first = (cast.person("yubei-inspector"), cast.person("yubei-verifier"))
        cast.liaison(unit, story.operation, cast.person("yubei-unit"))
    story.units[area.code] = unit
    team = story.teams[area.code] = cast.team(
        f"第{'一二三四五六七八九'[number - 1]}督导组", "stationed", story.operation.office, story.operation, area.path,
        street["size"], lent_by=lenders, first=first,
    )  # fmt: skip
    counts = {"visits": street["points"] * 6 // 5} | {name: street[name] for name in ("points", *COLUMNS)}
    return Beat(
        area, [team], kinds=told["kinds"], series=f"{number:02d}", unit=lambda _point: unit,
        body_of=lambda _name, _kind: unit, twists=TWISTS[street["area"]], **less_specials(counts, specials),
    )  # fmt: skip
