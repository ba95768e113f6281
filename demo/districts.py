"""Operations that cover many districts: each has its groups, its streets and its share of what was visited and found."""

from demo import country
from demo.evenings import put_evenings
from demo.opening import opened, read
from demo.pace import Pace
from demo.rounds import COLUMNS, Beat, go_round, less_specials, put_special, usual_twists
from demo.story import Story, local
from duzhan.base.clock.instants import travel


def compose(name, pace: Pace) -> Story:
    """The operation that the file `name` describes. A district may begin later than the operation (`first`)."""
    told = read(name)
    story = opened(told)
    with travel(story.operation.started_at):
        for each in told.get("teams", ()):
            _team(story, country.area(each["area"]), each)
        for number, district in enumerate(told["districts"], 1):
            _go(story, pace.beginning(local(district["first"])) if "first" in district else pace, number, district)
    put_evenings(story, local(told["as_of"]))
    return story


def _go(story, pace, number, district):
    """One district: its groups go to each of its streets (or, without streets, to the district itself)."""
    area = country.area(district["area"])
    teams = [_team(story, area, each) for each in district.get("teams", ())]
    teams += [story.teams[name] for name in district.get("joined_by", ())]
    district = {"visits": district["points"]} | district
    for before, column in zip(COLUMNS, COLUMNS[1:], strict=False):
        district.setdefault(column, district[before])
    streets = [country.area(code) for code in district.get("streets", [district["area"]])]
    specials = district.get("special", [])
    counts = less_specials({column: district[column] for column in ("points", "visits", *COLUMNS)}, specials)
    shares = {column: _shared(total, len(streets)) for column, total in counts.items()}
    for each, place in enumerate(streets):
        series = f"{number:02d}" if len(streets) == 1 else f"{number:02d}{'ABCDEFGH'[each]}"
        share = {column: shares[column][each] for column in shares}
        made = go_round(story, _beat(story, district, place, teams, series, share), pace)
        for special in specials:
            if special.get("area", streets[0].code) == place.code:
                put_special(story, pace, made, special)


def _shared(total, parts):
    return [total // parts + (number < total % parts) for number in range(parts)]


def _team(story, area, told):
    body = story.cast.body(told["body"], told.get("body_kind", "commission"), area)
    team = story.teams[told["name"]] = story.cast.team(
        told["name"], told["kind"], body, story.operation, area.path, told.get("size", 3),
        role=told.get("role", "inspector"),
    )  # fmt: skip
    return team


def _beat(story, district, place, teams, series, counts):
    unit = story.cast.body(district.get("unit", "{}").format(_office_of(place)), "territory", place, place.name)
    runs_itself = district.get("own_bodies", False)

    def body_of(name, _kind):
        return story.cast.body(f"{place.short_name}{name}", "facility", place, name) if runs_itself else unit

    named = tuple((each["name"], each["kind"]) for each in district.get("named", ()) if each["area"] == place.code)
    return Beat(
        place, teams, kinds=district.get("kinds") or story.told["kinds"], series=series, unit=lambda _point: unit,
        body_of=body_of, named=named, twists=usual_twists(counts["closed"]), **counts,
    )  # fmt: skip


def _office_of(place):
    """Who answers for an area: a street by its office, a county or a city by its headquarters."""
    return f"{place.name}办事处" if place.name.endswith("街道") else f"{place.name}疫情防控指挥部"
