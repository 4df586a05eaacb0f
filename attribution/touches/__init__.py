"""Visits before a lead: stored as captured, and read from files."""
