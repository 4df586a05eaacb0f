"""Files taken in: leads and bookings here, spend in its own app. Whole, or not at all."""
