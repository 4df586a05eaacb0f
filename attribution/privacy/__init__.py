"""What is kept of persons, for how long, and how it is given out and erased."""
