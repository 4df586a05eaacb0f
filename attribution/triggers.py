"""Rules that the database itself keeps, so that no door (admin, import, shell, raw SQL) goes round.

1. Raw values of a lead and of its touches never change; erasing a person may cut the parameters
   off its links.
2. A lead's outcome (booked, completed, revenue) is what its bookings say. Whoever else writes it,
   such as a form that saves a lead read before its booking came, changes nothing.

They are installed after every migrate, because SQLite drops a table's triggers when it is rebuilt.
"""

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

RAW_COLUMNS = (
    "company_id",
    "external_id",
    "received_at",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "utm_id",
    "stated_at",
    "came_by",
    "key_id",
)
# May only be cut short, and only in the moment when a person's data are erased.
LINK_COLUMNS = ("referrer", "landing_page")
GUARDED = (*RAW_COLUMNS, *LINK_COLUMNS, "click_ids")
RAW_MESSAGE = "What was captured with a lead never changes."


# Click ids keep their names, by which channels are known, and may lose all values at that moment.
_EMPTIED_PG = "NEW.click_ids = attribution_without_values(OLD.click_ids)"
_EMPTIED_SQLITE = (
    "json(NEW.click_ids) = (SELECT json_group_object(key, '') FROM json_each(OLD.click_ids))"
)


def _raw_changed(differs: str, emptied: str) -> str:
    """The condition under which an update of a lead is refused; `differs` is the engine's word."""
    erasing = "(OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL)"
    clicks = f"(OLD.click_ids {differs} NEW.click_ids AND NOT ({erasing} AND {emptied}))"
    raw = [f"OLD.{c} {differs} NEW.{c}" for c in RAW_COLUMNS]
    links = [
        f"(OLD.{c} {differs} NEW.{c} AND NOT ({erasing}"
        f" AND substr(OLD.{c}, 1, length(NEW.{c})) = NEW.{c}))"
        for c in LINK_COLUMNS
    ]
    return " OR ".join([*raw, *links, clicks])


TOUCH_COLUMNS = (
    *("company_id", "lead_id", "at", "digest", "utm_source", "utm_medium", "utm_campaign"),
    *("utm_content", "utm_term", "utm_id", "reading_id"),
)


def _touch_changed(differs: str, emptied: str) -> str:
    """As of leads; links may be cut short and click ids lose their values, as when a person is
    erased.
    """
    clicks = f"(OLD.click_ids {differs} NEW.click_ids AND NOT ({emptied}))"
    raw = [f"OLD.{c} {differs} NEW.{c}" for c in TOUCH_COLUMNS]
    links = [f"substr(OLD.{c}, 1, length(NEW.{c})) <> NEW.{c}" for c in LINK_COLUMNS]
    return " OR ".join([*raw, *links, clicks])


OUTCOME_COLUMNS = ("booked", "completed", "revenue_minor")
_OUTCOME_CHANGED_PG = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in OUTCOME_COLUMNS)
_OUTCOME_CHANGED_SQLITE = " OR ".join(f"OLD.{c} IS NOT NEW.{c}" for c in OUTCOME_COLUMNS)

_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION attribution_without_values(found jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT COALESCE(jsonb_object_agg(name, ''), '{{}}'::jsonb) FROM jsonb_object_keys(found) AS name
$$;
CREATE OR REPLACE FUNCTION attribution_lead_raw() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{RAW_MESSAGE}' USING ERRCODE = 'check_violation';
END $$;
CREATE OR REPLACE TRIGGER attribution_lead_raw BEFORE UPDATE ON attribution_lead
FOR EACH ROW WHEN ({_raw_changed("IS DISTINCT FROM", _EMPTIED_PG)})
EXECUTE FUNCTION attribution_lead_raw();

CREATE OR REPLACE TRIGGER attribution_touch_raw BEFORE UPDATE ON attribution_touchpoint
FOR EACH ROW WHEN ({_touch_changed("IS DISTINCT FROM", _EMPTIED_PG)})
EXECUTE FUNCTION attribution_lead_raw();

-- Depth 0 is a statement of somebody's own; the recount below speaks from inside a trigger.
CREATE OR REPLACE FUNCTION attribution_lead_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.booked := OLD.booked;
  NEW.completed := OLD.completed;
  NEW.revenue_minor := OLD.revenue_minor;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER attribution_lead_outcome BEFORE UPDATE ON attribution_lead
FOR EACH ROW WHEN (pg_trigger_depth() = 0 AND ({_OUTCOME_CHANGED_PG}))
EXECUTE FUNCTION attribution_lead_outcome();

-- A lead that is new has no booking yet, whatever is written with it.
CREATE OR REPLACE FUNCTION attribution_lead_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.booked := false;
  NEW.completed := false;
  NEW.revenue_minor := 0;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER attribution_lead_new BEFORE INSERT ON attribution_lead
FOR EACH ROW WHEN (NEW.booked OR NEW.completed OR NEW.revenue_minor <> 0)
EXECUTE FUNCTION attribution_lead_new();

-- The leads are locked in id order, in a statement of its own: the recount that follows sees the
-- bookings of every writer that held one of these locks before.
CREATE OR REPLACE FUNCTION attribution_recount(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Planned anew each time: a plan kept from when the tables were small would read them whole.
  EXECUTE 'SELECT 1 FROM attribution_lead WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE'
    USING ids;
  EXECUTE $update$
  UPDATE attribution_lead AS lead
     SET booked = found.booked, completed = found.completed, revenue_minor = found.revenue
    FROM (SELECT one.id,
                 COALESCE(bool_or(b.status <> 'cancelled'), false) AS booked,
                 COALESCE(bool_or(b.status = 'completed'), false) AS completed,
                 COALESCE(sum(b.value_minor) FILTER (WHERE b.status = 'completed'), 0)::bigint
                   AS revenue
            FROM (SELECT DISTINCT unnest($1) AS id) AS one
            LEFT JOIN attribution_booking b ON b.lead_id = one.id
           GROUP BY one.id) AS found
   WHERE lead.id = found.id
     AND (lead.booked, lead.completed, lead.revenue_minor)
         IS DISTINCT FROM (found.booked, found.completed, found.revenue)
  $update$ USING ids;
END $$;
CREATE OR REPLACE FUNCTION attribution_booking_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM attribution_recount(ARRAY(SELECT lead_id FROM new_rows));
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION attribution_booking_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM attribution_recount(
    ARRAY(SELECT lead_id FROM new_rows UNION SELECT lead_id FROM old_rows));
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION attribution_booking_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM attribution_recount(ARRAY(SELECT lead_id FROM old_rows));
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER attribution_booking_insert AFTER INSERT ON attribution_booking
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION attribution_booking_insert();
CREATE OR REPLACE TRIGGER attribution_booking_update AFTER UPDATE ON attribution_booking
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION attribution_booking_update();
CREATE OR REPLACE TRIGGER attribution_booking_delete AFTER DELETE ON attribution_booking
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION attribution_booking_delete();
"""


def _recount_sqlite(lead: str) -> str:
    rows = f"FROM attribution_booking WHERE lead_id = {lead}"
    return f"""
    UPDATE attribution_lead SET
      booked = EXISTS(SELECT 1 {rows} AND status <> 'cancelled'),
      completed = EXISTS(SELECT 1 {rows} AND status = 'completed'),
      revenue_minor = COALESCE((SELECT SUM(value_minor) {rows} AND status = 'completed'), 0)
    WHERE id = {lead};"""


_SQLITE = (
    f"""CREATE TRIGGER attribution_lead_raw BEFORE UPDATE ON attribution_lead
    WHEN {_raw_changed("IS NOT", _EMPTIED_SQLITE)}
    BEGIN SELECT RAISE(ABORT, '{RAW_MESSAGE}'); END""",
    f"""CREATE TRIGGER attribution_touch_raw BEFORE UPDATE ON attribution_touchpoint
    WHEN {_touch_changed("IS NOT", _EMPTIED_SQLITE)}
    BEGIN SELECT RAISE(ABORT, '{RAW_MESSAGE}'); END""",
    f"""CREATE TRIGGER attribution_lead_outcome
    AFTER UPDATE OF {", ".join(OUTCOME_COLUMNS)} ON attribution_lead
    WHEN {_OUTCOME_CHANGED_SQLITE}
    BEGIN {_recount_sqlite("NEW.id")} END""",
    f"""CREATE TRIGGER attribution_lead_new AFTER INSERT ON attribution_lead
    WHEN NEW.booked OR NEW.completed OR NEW.revenue_minor <> 0
    BEGIN {_recount_sqlite("NEW.id")} END""",
    f"""CREATE TRIGGER attribution_booking_insert AFTER INSERT ON attribution_booking
    BEGIN {_recount_sqlite("NEW.lead_id")} END""",
    f"""CREATE TRIGGER attribution_booking_update AFTER UPDATE ON attribution_booking
    BEGIN {_recount_sqlite("OLD.lead_id")} {_recount_sqlite("NEW.lead_id")} END""",
    f"""CREATE TRIGGER attribution_booking_delete AFTER DELETE ON attribution_booking
    BEGIN {_recount_sqlite("OLD.lead_id")} END""",
)
TABLES = {"attribution_lead", "attribution_booking", "attribution_touchpoint"}
NAMES = (
    "attribution_lead_raw",
    "attribution_touch_raw",
    "attribution_lead_outcome",
    "attribution_lead_new",
    "attribution_booking_insert",
    "attribution_booking_update",
    "attribution_booking_delete",
)


def install(using: str) -> None:
    """Put the triggers in place, replacing earlier versions; needs this app's tables."""
    connection = connections[using]
    if not set(connection.introspection.table_names()) >= TABLES:
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_POSTGRESQL)
    else:
        install_sqlite(connection, dict(zip(NAMES, _SQLITE, strict=True)))


def install_sqlite(connection: BaseDatabaseWrapper, triggers: dict[str, str]) -> None:
    """Replace these triggers, by name, on SQLite."""
    with connection.cursor() as cursor:
        for name, statement in triggers.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(statement)
