"""Whole books as jobs: cut into parts, summarised part by part, put together, spoken.

`planner`, `document`, `events` and `mp3` are pure; `engines` asks the workers; `board` asks the catalog, where the
truth is; `work` does one job; `runner` is the process that does them (`python -m gateway.jobs`).
"""
