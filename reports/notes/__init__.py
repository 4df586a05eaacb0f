"""Notes of persons about days: what happened, beside the figures of these days."""
