"""In English: 22 Nov 2026, 15:04. So lists and forms of the admin write days as reports do."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, H:i"
TIME_FORMAT = "H:i"
