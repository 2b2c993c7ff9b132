"""Kinds of work beside reads and writes: each has threads and calls of its own, so that none keeps another out."""

UPLOAD = "upload"  # reads a file that a client sends
DOWNLOAD = "download"  # sends what may be large, or must be drawn first
WAIT = "wait"  # answers when there is something to tell
