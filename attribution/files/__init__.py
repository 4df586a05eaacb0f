"""Tables in files: reading them, parsing their cells, writing them. No database in here."""
