"""The catalog's routes."""
