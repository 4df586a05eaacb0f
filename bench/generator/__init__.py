"""Deterministic leads, bookings and spend of any size, with the true totals."""
