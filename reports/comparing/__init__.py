"""Two to four campaigns side by side, and what may be said of the difference."""
