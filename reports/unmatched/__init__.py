"""The pages on which unmatched spend finds its campaign."""
