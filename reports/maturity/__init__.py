"""How long bookings take to come, and what young leads may still bring."""
