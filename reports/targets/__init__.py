"""Targets of campaigns: what they are to reach within some days, and how far they are."""
