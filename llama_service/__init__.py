"""Summaries and key points by an instruction-tuned GGUF model, with an extractive engine beside it. Stores nothing."""
