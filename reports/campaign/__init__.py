"""The page of one campaign: its figures, what they are made of, and what happened."""
