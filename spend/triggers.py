"""Spend that waits for its campaign finds it the moment the campaign is made, by whatever door."""

from django.db import connections

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
"""
_SQLITE = {
    "spend_match_campaign": f"""CREATE TRIGGER spend_match_campaign
    AFTER INSERT ON attribution_campaign BEGIN {_MATCH} END""",
    "spend_match_campaign_key": f"""CREATE TRIGGER spend_match_campaign_key
    AFTER UPDATE OF key ON attribution_campaign BEGIN {_MATCH} END""",
}
TABLES = {"attribution_campaign", "spend_spendentry"}


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
