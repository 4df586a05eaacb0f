"""Saved views: the state of the report's address under a name, a person's own or the team's."""
