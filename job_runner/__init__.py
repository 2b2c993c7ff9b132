"""Does the jobs on whole books: cut into parts, summarised part by part, merged, spoken.

`planner`, `tree`, `document`, `speech`, `captions` and `mp3` are pure; `part_maker` calls the workers; `store` calls
the catalog, which keeps the jobs, their leases and parts; `job` does one job; `runner` is the process that does them.
"""
