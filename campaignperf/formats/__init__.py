"""How days and times are written wherever nobody says otherwise, by language."""
