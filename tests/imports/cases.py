"""Files as an old system at a dealership exports them, and the map for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from complaints import Actor, Dealer, Desk, Query, Role
from complaints.imports import Imported, ImportMap, import_file
from complaints.testing import FrozenClock

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHOP = Dealer("SH01")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
chen = Actor("chen", Role.MANAGER, dealer="SH01")

MAP = """
name = "dms"
system = "DMS"

[file]
dates = ["%Y-%m-%d %H:%M", "%Y-%m-%d"]
blank = ["无"]

[key]
value = "{编号}"

[complaint]
received_at = "{受理时间}"
statement = "{内容}"
channel = { value = "{渠道}", words = "channel", default = "showroom" }
state = { value = "{状态}", words = "state" }
outcome = { value = "{状态}", words = "outcome" }
answer = "{答复}"

[milestones]
closed = "{结案时间}"

[customer]
name = "{客户}"
phone = "{电话}"

[vehicle]
vin = "{车架号}"
mileage_km = "{里程}"

[[issue]]
category = { value = "{类别}", words = "category" }
text = "{内容}"

[[alarm]]
alarm = "injury"
when = [{ column = "受伤人数", above = 0 }]

[[skip]]
why = "咨询"
when = [{ column = "类别", equals = ["咨询"] }]

[words.channel]
"来电" = "phone"
"微信" = "wechat"

[words.state]
"处理中" = "judgment"
"已结" = "closed"

[words.outcome]
"已结" = "resolved"
"*" = "none"

[words.category]
"维修质量" = "repair_quality"
"刹车*" = "product.brakes"
"""

COLUMNS = (
    "编号", "受理时间", "内容", "渠道", "状态", "结案时间", "答复", "客户", "电话", "车架号", "里程", "类别",
    "受伤人数",
)  # fmt: skip
BRAKES = {
    "编号": "T-1", "受理时间": "2026-01-05 10:30", "内容": "刹车异响，修了两次还响。", "渠道": "来电",
    "状态": "处理中", "结案时间": "", "答复": "", "客户": "张三", "电话": "13800000000",
    "车架号": "LSJA24U62JG269225", "里程": "23100", "类别": "刹车异响", "受伤人数": "1",
}  # fmt: skip
CLOSED = {
    **BRAKES, "编号": "T-2", "状态": "已结", "结案时间": "2026-01-09", "答复": "已更换刹车片。", "受伤人数": "0",
    "类别": "维修质量",
}  # fmt: skip


def line(row: dict[str, str], separator: str = ",") -> str:
    return separator.join(row[name] for name in COLUMNS)


def text(*rows: dict[str, str] | str, separator: str = ",", end: str = "\n") -> str:
    lines = [row if isinstance(row, str) else line(row, separator) for row in rows]
    return end.join([separator.join(COLUMNS), *lines, ""])


def numbered(count: int, **changes: str) -> list[dict[str, str]]:
    return [{**BRAKES, **changes, "编号": f"T-{place}"} for place in range(1, count + 1)]


def a_desk(store: Any = None) -> Desk:
    return Desk(store, dealers=[SHOP], clock=FrozenClock(NOW))


def a_map(**changes: str) -> ImportMap:
    """The map with pieces of its text exchanged."""
    said = MAP
    for before, after in changes.items():
        said = said.replace(before, after)
    return ImportMap.parse(said, name="map.toml")


def a_file(folder: Path, content: bytes | str, name: str = "old.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def brought_in(desk: Desk, path: Path, map: ImportMap | None = None, **how: Any) -> Imported:
    given = {"language": "en", **how}
    return import_file(desk, path, map if map is not None else a_map(), dealer=SHOP, by=chen, **given)


def accounted_for(found: Imported) -> int:
    """The sum of what became of the rows."""
    left_out = sum(found.skipped.values())
    return found.rows_taken + found.rows_there + found.rows_blank + found.rows_refused + left_out


def everything(desk: Desk) -> list[tuple[Any, ...]]:
    """What stands at the desk, whenever and in whatever order it came."""
    page = desk.find(Query(limit=1000), by=chen)
    facts = [
        (one.beside.adopted.number, one.state, one.severity, one.registration, one.version)
        for one in page
        if one.beside.adopted is not None
    ]
    assert page.next is None
    return sorted(facts, key=lambda one: one[0])


ONE_DAY = timedelta(days=1)
