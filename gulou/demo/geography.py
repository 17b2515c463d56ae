"""The ground of the demonstration: our own coarse outline, cut into invented streets.

The outline is drawn by hand around well-known places; streets, communities and cells are the
neighbourhoods of made-up centres inside it (Voronoi cells). None of it is an official border.
Points are (lon, lat), WGS84.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import shapely
from shapely import MultiPoint, Point, Polygon

DISTRICT = ("359902", "榕楼区", "Ronglou District")

OUTLINE = Polygon([
    (119.2620, 26.0980), (119.2660, 26.1130), (119.2840, 26.1210), (119.3010, 26.1180),
    (119.3150, 26.1110), (119.3180, 26.0980), (119.3160, 26.0840), (119.3120, 26.0700),
    (119.3000, 26.0655), (119.2860, 26.0690), (119.2740, 26.0760), (119.2640, 26.0850),
])  # fmt: skip

# Invented names, with a centre each. The last one is a town.
STREETS: Sequence[tuple[str, str, float, float]] = (
    ("望楼街道", "Wanglou Street", 119.2975, 26.0990),
    ("澄湖街道", "Chenghu Street", 119.2840, 26.0975),
    ("汤泉街道", "Tangquan Street", 119.3095, 26.1015),
    ("榕荫街道", "Rongyin Street", 119.3005, 26.0900),
    ("长廊街道", "Changlang Street", 119.2925, 26.0885),
    ("古巷街道", "Guxiang Street", 119.2925, 26.0815),
    ("星桥街道", "Xingqiao Street", 119.3040, 26.0750),
    ("清晖街道", "Qinghui Street", 119.3095, 26.0860),
    ("云台街道", "Yuntai Street", 119.2900, 26.1120),
    ("北苑镇", "Beiyuan Town", 119.2725, 26.0920),
)

# Six communities for each street, in its order.
COMMUNITIES: Sequence[Sequence[tuple[str, str]]] = (
    (("鼓声", "Gusheng"), ("台前", "Taiqian"), ("新塔", "Xinta"), ("晨钟", "Chenzhong"),
     ("望北", "Wangbei"), ("云阶", "Yunjie")),
    (("柳浪", "Liulang"), ("湖心", "Huxin"), ("荷风", "Hefeng"), ("月桥", "Yueqiao"),
     ("镜波", "Jingbo"), ("白鹭", "Bailu")),
    (("暖泉", "Nuanquan"), ("汤前", "Tangqian"), ("金汤巷", "Jintang Lane"), ("浴龙", "Yulong"),
     ("东泉", "Dongquan"), ("石槽", "Shicao")),
    (("榕下", "Rongxia"), ("双榕", "Shuangrong"), ("绿盖", "Lügai"), ("气根", "Qigen"),
     ("荫里", "Yinli"), ("百树", "Baishu")),
    (("廊桥头", "Langqiaotou"), ("画屏", "Huaping"), ("书声", "Shusheng"), ("雨檐", "Yuyan"),
     ("青瓦", "Qingwa"), ("灯市", "Dengshi")),
    (("南石巷", "Nanshi Lane"), ("马鞍墙", "Ma'anqiang"), ("水榭里", "Shuixie"), ("井栏", "Jinglan"),
     ("砖厝", "Zhuancuo"), ("花窗", "Huachuang")),
    (("星河里", "Xinghe"), ("桥亭", "Qiaoting"), ("广场北", "Square North"), ("于阗里", "Yutian"),
     ("乌石前", "Wushiqian"), ("晚渡", "Wandu")),
    (("晴川", "Qingchuan"), ("晖园", "Huiyuan"), ("晋江埕", "Jinjiangcheng"), ("东岸", "Dong'an"),
     ("水仙里", "Shuixian"), ("潮信", "Chaoxin")),
    (("云根", "Yungen"), ("石阶", "Shijie"), ("松坪", "Songping"), ("茶亭后", "Chatinghou"),
     ("梅坞", "Meiwu"), ("岭脚", "Lingjiao")),
    (("北苑里", "Beiyuanli"), ("荔枝坞", "Lizhiwu"), ("橘园里", "Juyuanli"), ("河埠", "Hebu"),
     ("大埕", "Dacheng"), ("新垦", "Xinken")),
)  # fmt: skip

# Real places that everybody there knows; what happens at them here is fiction.
PLACES: Sequence[tuple[str, str, float, float, str, tuple[str, ...]]] = (
    ("西湖公园", "West Lake Park", 26.0962, 119.2852, "公园", ("西湖",)),
    ("东街口", "Dongjiekou", 26.0874, 119.2959, "路口", ()),
    ("五四路恒力城", "Hengli City, Wusi Road", 26.0947, 119.3007, "商场", ("恒力城", "五四路")),
    ("三坊七巷", "Three Lanes and Seven Alleys", 26.0840, 119.2925, "历史文化", ("南后街",)),
    ("五一广场", "Wuyi Square", 26.0735, 119.3035, "广场", ()),
    ("于山", "Yushan Hill", 26.0760, 119.3020, "公园", ("于山风景区",)),
    ("乌山", "Wushan Hill", 26.0780, 119.2930, "公园", ("乌山风景区",)),
    ("屏山镇海楼", "Zhenhai Tower, Pingshan", 26.0985, 119.2975, "历史文化", ("镇海楼", "屏山")),
    ("温泉公园", "Hot Spring Park", 26.1015, 119.3085, "公园", ()),
    ("左海公园", "Zuohai Park", 26.1000, 119.2825, "公园", ("左海",)),
    ("达明路", "Daming Road", 26.0900, 119.2930, "街巷", ("达明美食街",)),
    ("三牧坊", "Sanmufang", 26.0880, 119.2965, "街巷", ()),
)

CELLS_PER_COMMUNITY = 4


@dataclass(frozen=True)
class Ground:
    """A piece of ground with its code and names. `parent` is a code, "" for the district."""

    code: str
    parent: str
    name_zh: str
    name_en: str
    shape: Polygon


def district() -> Ground:
    """The whole district."""
    code, zh, en = DISTRICT
    return Ground(code, "", zh, en, OUTLINE)


def streets() -> list[Ground]:
    """Ten streets and a town that fill the district; codes of nine digits."""
    shapes = _neighbourhoods(OUTLINE, [(lon, lat) for _, _, lon, lat in STREETS])
    return [
        Ground(f"{DISTRICT[0]}{n:03d}", DISTRICT[0], zh, en, shape)
        for n, ((zh, en, _, _), shape) in enumerate(zip(STREETS, shapes, strict=True), start=1)
    ]


def communities(street: Ground, names: Sequence[tuple[str, str]], rng: Random) -> list[Ground]:
    """The communities that fill a street; codes of twelve digits."""
    shapes = _neighbourhoods(street.shape, _spread(street.shape, len(names), rng))
    return [
        Ground(f"{street.code}{n:03d}", street.code, f"{zh}社区", f"{en} Community", shape)
        for n, ((zh, en), shape) in enumerate(zip(names, shapes, strict=True), start=1)
    ]


def cells(community: Ground, rng: Random) -> list[Ground]:
    """The grid cells that fill a community; codes of fourteen digits."""
    seeds = _spread(community.shape, CELLS_PER_COMMUNITY, rng)
    return [
        Ground(
            f"{community.code}{n:02d}", community.code,
            f"{community.name_zh}第{n}网格", f"{community.name_en} cell {n}", shape,
        )
        for n, shape in enumerate(_neighbourhoods(community.shape, seeds), start=1)
    ]  # fmt: skip


def _neighbourhoods(ground: Polygon, seeds: Sequence[tuple[float, float]]) -> list[Polygon]:
    """Cut the ground so that each piece is what lies closest to its seed, in the seeds' order."""
    cut = shapely.voronoi_polygons(MultiPoint(seeds), extend_to=ground)
    pieces = [largest(piece.intersection(ground)) for piece in shapely.get_parts(cut)]
    return [next(p for p in pieces if p.covers(Point(seed))) for seed in seeds]


def _spread(ground: Polygon, count: int, rng: Random) -> list[tuple[float, float]]:
    """Seeds inside the ground, drawn apart by a few rounds of Lloyd's relaxation."""
    seeds = [point for _, point in zip(range(count), _inside(ground, rng), strict=False)]
    for _ in range(4):
        pieces = _neighbourhoods(ground, seeds)
        seeds = [(p.representative_point().x, p.representative_point().y) for p in pieces]
    return seeds


def _inside(ground: Polygon, rng: Random) -> Iterator[tuple[float, float]]:
    west, south, east, north = ground.bounds
    while True:
        point = (rng.uniform(west, east), rng.uniform(south, north))
        if ground.contains(Point(point)):
            yield point


def largest(shape: shapely.Geometry) -> Polygon:
    """The largest polygon of whatever came out of an intersection."""
    polygons = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    return max(polygons, key=lambda polygon: polygon.area)
