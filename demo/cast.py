"""Who takes part and where they go: offices, units, groups, points. Persons are invented and say so in their names."""

from dataclasses import dataclass, field

from demo import country
from duzhan.people import actions as people
from duzhan.people.models import Body, Group, Person, Post
from duzhan.places import actions as places
from duzhan.places.models import Area, Point

PASSWORD = "duzhan-demo"  # for invented persons only, and only where somebody asked for the demo
STEMS = "甲乙丙丁戊己庚辛壬癸"
DIGITS = "零一二三四五六七八九"


def invented_name(number: int) -> str:
    """示例人员甲 … 示例人员癸, 示例人员甲二 … 示例人员癸二 and so on, beginning at 0."""
    turn = number // len(STEMS) + 1
    return f"示例人员{STEMS[number % len(STEMS)]}{'' if turn == 1 else spelled(turn)}"


def spelled(number: int) -> str:
    """1 to 999 in Chinese: 二十一."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (DIGITS[ones] if ones else "")


@dataclass
class Team:
    """A group on duty with its people, the first of whom leads it."""

    group: Group
    members: list[Person]

    @property
    def leader(self):
        return self.members[0]

    def verifier_for(self, finder) -> Person:
        """Somebody who neither found it nor, as the leader may have done, entered that it was mended on the spot."""
        others = [person for person in self.members[1:] if person != finder]
        return others[self.members.index(finder) % len(others)]


@dataclass
class Cast:
    """The people and bodies of one operation, entered as they are needed."""

    code: str
    opened_at: object
    bodies: dict[str, Body] = field(default_factory=dict)
    liaisons: dict[int, Person] = field(default_factory=dict)

    def __post_init__(self):
        self.entered = Person.objects.filter(is_demo=True).count()

    def person(self, username="") -> Person:
        """Somebody new; with a username, an account that can sign in."""
        name, self.entered = invented_name(self.entered), self.entered + 1
        person = people.register_person(
            username or f"{self.code}-{self.entered:03d}",
            name,
            password=PASSWORD if username else None,
            is_demo=True,
        )
        return person

    def body(self, name, kind, area: Area, short_name="") -> Body:
        """A body, entered once by its name."""
        if name not in self.bodies:
            self.bodies[name] = people.found_body(
                name, kind, short_name=short_name or name, area=area.path, is_demo=True
            )
        return self.bodies[name]

    def appoint(self, person, body, role, area="", operation=None) -> Post:
        return people.appoint(
            person,
            body,
            role,
            area=area,
            operation=operation.pk if operation else None,
            starts_at=self.opened_at,
        )

    def liaison(self, body, operation, person=None) -> Person:
        """Whoever signs for a unit and reports what it has mended."""
        if body.pk not in self.liaisons:
            person = person or self.person()
            self.appoint(person, body, "unit", body.area, operation)
            self.liaisons[body.pk] = person
        return self.liaisons[body.pk]

    def team(self, name, kind, body, operation, area, size, *, lent_by=(), role="inspector", first=()) -> Team:
        """Form a group of `size` people, `first` among them; each gets a post for the group's area of duty."""
        members = [*first, *(self.person() for _each in range(size - len(first)))]
        lenders = {person: lent_by[n % len(lent_by)] for n, person in enumerate(members)} if lent_by else {}
        group = people.form_group(
            name, kind, body, operation=operation.pk, area=area, members=members, leader=members[0],
            lent_by=lenders, starts_at=self.opened_at,
        )  # fmt: skip
        people.appoint_many(
            [
                {"person": person, "body": body, "role": role, "area": area, "operation": operation.pk}
                for person in members
            ],
            starts_at=self.opened_at,
        )
        return Team(group, members)


def lay_out_points(story, beat) -> list[Point]:
    """Register the points of a beat around the middle of its area: 示例点位 01-18 保供超市. Each kind comes at least once."""
    lat, lon = country.middle(beat.place.code)
    random, words, rows = story.random, story.words, []
    kinds = [*beat.kinds, *random.choices(list(beat.kinds), list(beat.kinds.values()), k=beat.points)]
    named = [*beat.named, *((None, kind) for kind in kinds)]
    for each, (name, kind) in enumerate(named[: beat.points], 1):
        name = name or f"示例点位 {beat.series}-{each:02d} {words.place_kinds[kind].zh}"
        rows.append(
            {
                "name": name, "kind": kind, "area": beat.place, "body": beat.body_of(name, kind), "is_demo": True,
                "lat": round(lat + random.gauss(0, 0.007), 6), "lon": round(lon + random.gauss(0, 0.008), 6),
                "address": f"{beat.place.name}示例路{each}号",
            }
        )  # fmt: skip
    return places.register_points(rows)
