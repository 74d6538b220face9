"""Two views for reports that hold nothing personal: what a complaint is, and what happened to it."""

from __future__ import annotations

from alembic import context, op
from sqlalchemy import DDL

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COMPLAINT = """
CREATE VIEW %(prefix)sreport_complaint AS
SELECT
    c.id AS id,
    c.reference AS reference,
    c.dealer AS dealer,
    c.state AS state,
    c.stage AS stage,
    c.stage <> 'ending' AS is_open,
    c.severity AS severity,
    c.department AS department,
    coalesce(
        json_extract(c.snapshot, '$.classification.category'),
        json_extract(c.snapshot, '$.registration.issues[0].category')
    ) AS category,
    json_extract(c.snapshot, '$.classification.cause') AS cause,
    json_extract(c.snapshot, '$.registration.channel') AS channel,
    coalesce(json_extract(c.snapshot, '$.track'), 'open') AS track,
    json_extract(c.snapshot, '$.outcome') AS outcome,
    json_extract(c.snapshot, '$.follow_up.result') AS satisfaction,
    strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', c.received_at / 1000000, 'unixepoch') AS received_at,
    strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', json_extract(c.snapshot, '$.recorded_at')) AS recorded_at,
    strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', json_extract(c.snapshot, '$.moved_at')) AS moved_at,
    CASE WHEN c.stage = 'ending' THEN (
        SELECT strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', coalesce(
            CASE WHEN e.number = 1 THEN (
                SELECT max(json_extract(m.value, '$.at'))
                FROM json_each(c.snapshot, '$.beside.adopted.milestones') AS m
                WHERE json_extract(m.value, '$.state') = 'closed'
            ) END,
            json_extract(e.body, '$.at')
        ))
        FROM %(prefix)sevent AS e
        WHERE e.complaint = c.id
          AND json_extract(e.body, '$.target') IN ('closed', 'merged', 'voided')
          AND json_extract(e.body, '$.target') IS NOT json_extract(e.body, '$.source')
        ORDER BY e.number DESC
        LIMIT 1
    ) END AS ended_at,
    strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', c.due_at / 1000000, 'unixepoch') AS due_at,
    coalesce(json_extract(c.snapshot, '$.passes'), 1) AS passes,
    coalesce(json_extract(c.snapshot, '$.reworks'), 0) AS reworks,
    coalesce(json_extract(c.snapshot, '$.reopenings'), 0) AS reopenings,
    coalesce(json_extract(c.snapshot, '$.repeats'), 0) AS repeats,
    json_extract(c.snapshot, '$.beside.adopted.system') AS adopted_from,
    c.version AS events
FROM %(prefix)scomplaint AS c
"""

_EVENT = """
CREATE VIEW %(prefix)sreport_event AS
SELECT
    e.position AS position,
    e.complaint AS complaint,
    e.number AS number,
    c.reference AS reference,
    c.dealer AS dealer,
    e.command AS command,
    json_extract(e.body, '$.source') AS source,
    json_extract(e.body, '$.target') AS target,
    json_extract(e.body, '$.target') IS NOT json_extract(e.body, '$.source') AS is_move,
    (SELECT group_concat(role.value) FROM json_each(e.body, '$.by.roles') AS role) AS roles,
    strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', json_extract(e.body, '$.at')) AS at,
    strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', e.recorded_at / 1000000, 'unixepoch') AS recorded_at,
    json_extract(e.body, '$.caused_by') AS caused_by
FROM %(prefix)sevent AS e
JOIN %(prefix)scomplaint AS c ON c.id = e.complaint
"""


def upgrade() -> None:
    """Make the views; a later revision that touches what they read makes them anew, with the same columns."""
    prefix: str = context.config.attributes["prefix"]
    for text in (_COMPLAINT, _EVENT):
        op.execute(DDL(text, context={"prefix": prefix}))  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy 2.1
