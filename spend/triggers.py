"""Rules on entries of spend that the database itself keeps, so that no door goes round them.

1. Spend that waits for its campaign finds it the moment the campaign is made. Spend of an import
   that is not saved yet looks for it afterwards: who makes a campaign shares a lock until it can
   be seen, and who looks takes it alone.
2. The company, the campaign and the shared cost of an entry exist. On PostgreSQL these are no
   foreign keys, which would look each of them up once for every row: an import of a million rows
   names a few thousand campaigns. Here one statement looks each of them up once. SQLite has the
   foreign keys themselves, which cost it nearly nothing.
"""

from django.db import connections

from attribution.repair.locking import NAMESPACE
from attribution.triggers import install_sqlite

_MATCH = """UPDATE spend_spendentry SET campaign_id = NEW.id
  WHERE company_id = NEW.company_id AND campaign_key = NEW.key AND campaign_id IS NULL;"""

_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION spend_match_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {_MATCH}
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER spend_match_campaign AFTER INSERT OR UPDATE OF key ON attribution_campaign
FOR EACH ROW EXECUTE FUNCTION spend_match_campaign();

-- Before anything is written: who waits here keeps nobody else waiting.
CREATE OR REPLACE FUNCTION spend_share_campaigns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared({NAMESPACE}, NEW.company_id::integer);
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER spend_share_campaigns BEFORE INSERT OR UPDATE OF key
ON attribution_campaign FOR EACH ROW EXECUTE FUNCTION spend_share_campaigns();
"""
# Who refers, takes the lock that a foreign key takes; who deletes or renumbers what is referred to
# has to wait for it, and looks for entries in a statement that begins afterwards. Like the foreign
# keys of Django that looking is left for the end of the transaction.
_REFERS_TO = {
    "company_id": "attribution_company",
    "campaign_id": "attribution_campaign",
    "cost_id": "spend_cost",
}


def _require_all(column: str, table: str) -> str:
    return f"""
  IF cardinality({column}s) > 0 THEN
    PERFORM 1 FROM {table} WHERE id = ANY({column}s) ORDER BY id FOR KEY SHARE;
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found < cardinality({column}s) THEN
      RAISE EXCEPTION 'An entry of spend names a {column} that is not in {table}.'
        USING ERRCODE = 'foreign_key_violation', TABLE = 'spend_spendentry';
    END IF;
  END IF;"""


_COLUMNS = ", ".join(_REFERS_TO)
_ARRAYS = ", ".join(
    f"COALESCE(array_agg(DISTINCT {c}) FILTER (WHERE {c} IS NOT NULL), '{{}}')" for c in _REFERS_TO
)
# What only one side of an update names; the other side keeps it from going meanwhile.
_NEWLY = (
    "ARRAY(SELECT unnest({0}) EXCEPT SELECT o.{1} FROM old_rows o WHERE o.{1} IS NOT NULL)".format
)


def _refers(event: str, images: str, arrays: str) -> str:
    """Planned anew each time: a plan from a statement of one row would sort a million."""
    name = f"spend_entry_refers_{event}"
    return f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE company_ids bigint[]; campaign_ids bigint[]; cost_ids bigint[];
BEGIN
  EXECUTE 'SELECT {_ARRAYS.replace("'", "''")} FROM'
    ' (SELECT {_COLUMNS} FROM new_rows GROUP BY {_COLUMNS}) AS named'
    INTO {", ".join(f"{c}s" for c in _REFERS_TO)};
  PERFORM spend_require({arrays});
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER {name} AFTER {event.upper()} ON spend_spendentry
REFERENCING {images} FOR EACH STATEMENT EXECUTE FUNCTION {name}();
"""


_REFERENCES = f"""
CREATE OR REPLACE FUNCTION spend_require({", ".join(f"{c}s bigint[]" for c in _REFERS_TO)})
RETURNS void LANGUAGE plpgsql AS $$
DECLARE found bigint;
BEGIN{"".join(_require_all(*one) for one in _REFERS_TO.items())}
END $$;
{_refers("insert", "NEW TABLE AS new_rows", ", ".join(f"{c}s" for c in _REFERS_TO))}
{
    _refers(
        "update",
        "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        ", ".join(_NEWLY(f"{c}s", c) for c in _REFERS_TO),
    )
}
CREATE OR REPLACE FUNCTION spend_entry_referred() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong boolean;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'What spend refers to is only removed under READ COMMITTED: '
      'entries that others have just added would not be seen.'
      USING ERRCODE = 'feature_not_supported';
  END IF;
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM spend_spendentry WHERE %I = $1)'
    ' AND NOT EXISTS (SELECT 1 FROM %I WHERE id = $1)', TG_ARGV[0], TG_TABLE_NAME)
    INTO wrong USING OLD.id;
  IF wrong THEN
    RAISE EXCEPTION 'Entries of spend refer to number % of %.', OLD.id, TG_TABLE_NAME
      USING ERRCODE = 'foreign_key_violation', TABLE = 'spend_spendentry';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION spend_entry_referred_all() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM spend_spendentry WHERE %I IS NOT NULL)',
    TG_ARGV[0]) INTO wrong;
  IF wrong THEN
    RAISE EXCEPTION 'Entries of spend refer to %. Empty both together.', TG_TABLE_NAME
      USING ERRCODE = 'foreign_key_violation', TABLE = 'spend_spendentry';
  END IF;
  RETURN NULL;
END $$;
"""


def _referred(column: str, table: str) -> str:
    """A trigger of a constraint cannot be replaced; it is made where it is missing."""
    check = f"EXECUTE FUNCTION spend_entry_referred('{column}')"
    deferred = "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    triggers = {
        "spend_entry_referred_delete": f"AFTER DELETE ON {table} {deferred} {check}",
        "spend_entry_referred_update": f"AFTER UPDATE OF id ON {table} {deferred}"
        f" WHEN (OLD.id IS DISTINCT FROM NEW.id) {check}",
    }
    made = "".join(
        f"""
  IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = '{table}'::regclass
                    AND tgname = '{name}') THEN
    CREATE CONSTRAINT TRIGGER {name} {trigger};
  END IF;"""
        for name, trigger in triggers.items()
    )
    return f"""
DO $$ BEGIN{made}
END $$;
CREATE OR REPLACE TRIGGER spend_entry_referred_truncate AFTER TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION spend_entry_referred_all('{column}');
"""


_POSTGRESQL += _REFERENCES + "".join(_referred(*one) for one in _REFERS_TO.items())
_SQLITE = {
    "spend_match_campaign": f"""CREATE TRIGGER spend_match_campaign
    AFTER INSERT ON attribution_campaign BEGIN {_MATCH} END""",
    "spend_match_campaign_key": f"""CREATE TRIGGER spend_match_campaign_key
    AFTER UPDATE OF key ON attribution_campaign BEGIN {_MATCH} END""",
}
TABLES = {*_REFERS_TO.values(), "spend_spendentry"}


def install(using: str) -> None:
    """Put the triggers in place; needs the tables of attribution and spend."""
    connection = connections[using]
    if not set(connection.introspection.table_names()) >= TABLES:
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_POSTGRESQL)
    else:
        install_sqlite(connection, _SQLITE)
