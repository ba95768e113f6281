"""A ledger full of problems, set-based and without their events: for whoever measures lists and searching.

Spread as such a ledger is: nearly all closed, a few per cent waiting somewhere, in streets of ten communities of very
different size; titles of some twenty letters, facts of forty to eighty, road names that come back rarely.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from bench import district
from bench.machine import room_in_the_database
from duzhan.base.clock.instants import now
from duzhan.operations.models import Operation
from duzhan.people.actions import appoint, issue_token, register_person
from duzhan.people.models import Person
from duzhan.places.actions import add_area
from duzhan.places.models import Area

DAYS = 60
BYTES = 2_000  # of disk for one problem with its words, at most
COMMUNITIES = 10
FIRST = 1_000_000_000  # far from the numbers that actions give

PLACES = (
    "采样点 隔离酒店 农贸市场 社区卫生服务站 物流园区 学校食堂 建筑工地 养老院 小区东门 地铁站口 商场入口 集中用餐区 "
    "快递驿站 货运通道 发热门诊 等候区 医废暂存间 物资仓库 值班岗亭 电梯轿厢 办事大厅 卡口 楼栋单元门 公共卫生间"
).split()
FAULTS = (
    "排队间距不足 未查验健康码 未按规定佩戴口罩 消毒记录不全 通风不良 人员混流 医废未及时清运 台账缺少签字 值守人员脱岗 "
    "未设一米线 测温设备失灵 防护用品储备不足 标识不清 扫码流于形式 通道被占用 生活垃圾未密闭 采样时间随意变更 "
    "未落实分时就餐 外来车辆未登记 投诉电话无人接听 特殊人群需求未登记 物资发放不及时 门磁未安装 居民出入未记录"
).split()
FACTS = (
    "现场值守两人，未见当日巡查记录，负责人表示已安排补录。 排队人员约四十名，地面标线磨损，引导员未到位。 "
    "抽查近三日台账，有两处时间前后不一致，签字为同一笔迹。 消毒液配比无记录，容器未贴标签，当场要求更换。 "
    "住户反映上门采样时间改动三次，社区微信群未提前告知。 库存清单与实物相差较大，出库单缺少经手人姓名。 "
    "通道内堆放货箱，疏散宽度不够，物业经理称当晚清理。 登记本自前日起空白，值班电话拨打三次无人接听。"
).split()
RARE = "松柏桐槐榆梓椿楠杉桂棠梨杏桃李柳荷兰菊梅竹芦苇萍藻菱莲芝蕙茗茶麦禾黍稷粟稻菽豆葵韭芹蒜薯椒姜葱蔓藤萝葛蕨薇蒿艾茅苓芷蘅芜菁荔枇杷柚柿榴橙橘柑枣栗榛樱桑柘檀樟枫桦榕杨朴栎棕榈檬柠芒蕉蔗椰"  # fmt: skip
FIELDS = ("testing", "entry_codes", "isolation", "supplies", "patrol", "medical")

LIVES = (  # up to this share of luck: the stage a problem stands at, and whether its clock is paused
    (0.02, "found", False), (0.05, "handed_over", False), (0.075, "accepted", False), (0.08, "accepted", True),
    (0.12, "rectified", False), (0.97, "closed", False), (1.0, "withdrawn", False),
)  # fmt: skip


@dataclass(frozen=True)
class Crowd:
    """What was built: an operation, and three people who read it very differently, each with a personal token."""

    operation: Operation
    street: Area
    community: Area
    unit: int  # the body of the unit's reader
    readers: dict[str, Person]
    tokens: dict[str, str]


def build(code, many, say) -> Crowd:
    """A district with so many problems, and who reads them: the office, a street's inspector, a unit."""
    operation, points, _inspector, units, _token = district.build(code)
    streets = list(Area.objects.filter(path__startswith=operation.area_path, level="street").order_by("path"))
    for street in streets:
        for n in range(COMMUNITIES):
            add_area(f"{street}{n:02}社区", f"{street.code}{n:02}", "community", parent=Area.objects.get(pk=street.pk))
    _fill(operation, points, units, many, say)
    street, unit = streets[7], units[7]
    began = now() - timedelta(days=DAYS + 1)
    readers = {"office": Person.objects.get(username=f"{code}-office")}
    for name, role, body, area in (
        ("street officer", "inspector", unit, street.path), ("unit", "unit", unit, street.path),
    ):  # fmt: skip
        readers[name] = register_person(f"{code}-{name.replace(' ', '-')}", name)
        appoint(readers[name], body, role, area=area, starts_at=began)
    tokens = {name: issue_token(person, "bench") for name, person in readers.items()}
    community = Area.objects.filter(path__startswith=street.path, level="community").last()
    return Crowd(operation, street, community, unit.pk, readers, tokens)


def _fill(operation, points, units, many, say):
    room_in_the_database(many * BYTES)
    say(f"filling {many:,} problems")
    words = {"places": PLACES, "faults": FAULTS, "facts": FACTS, "fields": FIELDS}
    bounds = " ".join(f"WHEN luck < {bound} THEN '{stage}'" for bound, stage, _paused in LIVES)
    paused = " OR ".join(
        f"luck >= {LIVES[n - 1][0]} AND luck < {bound}" for n, (bound, _stage, paused) in enumerate(LIVES) if paused
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'problems_problem' AND indexname NOT LIKE '%pkey'"
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:  # made again when the rows are there: that is faster, and a fuller index
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("ALTER TABLE problems_problem DISABLE TRIGGER USER")
        cursor.execute("SELECT setseed(0.42)")
        cursor.execute(
            "CREATE TEMP TABLE bench_place AS SELECT p.id AS point, p.kind, p.body_id AS body, a.id AS area, a.path, "
            "row_number() OVER (ORDER BY p.id, a.path) - 1 AS n FROM places_point p JOIN places_area a "
            "ON a.path LIKE p.area_path || '%%' AND a.level = 'community' WHERE p.id = ANY(%s)",
            [[point.pk for point in points]],
        )
        cursor.execute("CREATE UNIQUE INDEX ON bench_place (n)")
        cursor.execute("SELECT count(*) FROM bench_place")
        [places] = cursor.fetchone()
        cursor.execute(
            f"""
            INSERT INTO problems_problem (id, seq, head, changed_at, known_at, operation_id, title, detail, klass, field,
                cause, clause, responsibility, point_id, place_kind, area_id, area_path, unit_id, source_kind, stage,
                is_sent_back, relapses, found_by_id, found_at, handed_over_at, due_at, due_rule, paused_at, rectified_by_id,
                rectified_at, closed_by_id, closed_at)
            SELECT {FIRST} + i, 1, repeat('0', 64), found_at, found_at, %(book)s,
                substr(%(rare)s, 1 + (a * {len(RARE)})::int %% {len(RARE)}, 1)
                || substr(%(rare)s, 1 + (b * {len(RARE)})::int %% {len(RARE)}, 1) || '路' || (1 + (c * 300)::int) || '号'
                || (%(places)s::text[])[1 + (d * 23.99)::int %% 24] || (%(faults)s::text[])[1 + (e * 23.99)::int %% 24],
                (%(facts)s::text[])[1 + (f * 7.99)::int %% 8] || (%(facts)s::text[])[1 + (c * 7.99)::int %% 8],
                CASE WHEN a < 0.01 THEN 'conduct' WHEN a < 0.1 THEN 'hazard' ELSE 'ordinary' END,
                (%(fields)s::text[])[1 + (b * 5.99)::int %% 6], 'careless_measures', '', '', w.point, w.kind, w.area, w.path,
                CASE WHEN stage IN ('found') THEN NULL ELSE w.body END, '', stage, false, 0, %(by)s, found_at,
                CASE WHEN stage <> 'found' THEN found_at + interval '1 hour' END,
                CASE WHEN stage <> 'found' THEN found_at + (2 + 60 * d) * interval '1 hour' END, '',
                CASE WHEN {paused} THEN found_at + interval '2 hours' END,
                CASE WHEN stage IN ('rectified', 'closed') THEN %(by)s END,
                CASE WHEN stage IN ('rectified', 'closed') THEN found_at + interval '20 hours' END,
                CASE WHEN stage = 'closed' THEN %(by)s END, CASE WHEN stage = 'closed' THEN found_at + interval '44 hours' END
            FROM (
                SELECT i, luck, a, b, c, d, e, f, (place * place * {places - 1})::int AS n, CASE {bounds} END AS stage,
                    CASE WHEN luck < 0.12 THEN now() - recent * interval '4 days' ELSE
                    now() - interval '{DAYS} days' + i::float / %(many)s * interval '{DAYS - 4} days' END AS found_at
                FROM (SELECT i, random() AS luck, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e,
                    random() AS f, random() AS place, random() AS recent FROM generate_series(1, %(many)s) i OFFSET 0) drawn
            ) life JOIN bench_place w USING (n)
            """,
            {"book": operation.pk, "by": Person.objects.get(username=f"{operation.code}-inspector").pk, "many": many,
             "rare": RARE, **{name: list(each) for name, each in words.items()}},
        )  # fmt: skip
    say("indexes")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE problems_problem ENABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO problems_unread (problem_id) SELECT id FROM problems_problem ON CONFLICT DO NOTHING"
        )
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        say("taking stock")
        cursor.execute("VACUUM ANALYZE")
