"""The BART worker: summaries, key points and speech over HTTP."""
