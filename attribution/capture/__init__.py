"""How what was sent becomes leads, bookings and touches, whatever door it came through."""
