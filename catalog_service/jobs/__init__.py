"""Jobs on whole books, their finished parts and their results: the truth that survives every other process."""
