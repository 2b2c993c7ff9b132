"""Jobs on whole books, their finished parts and their results: kept here, whatever happens to other processes."""
