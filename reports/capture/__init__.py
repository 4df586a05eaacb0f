"""Capture health: whether what is sent arrives, and what becomes of it."""
