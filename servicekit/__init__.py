"""Plumbing that two or more services need and that knows nothing about books."""
