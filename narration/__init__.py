"""Narrated books as files: an audiobook with chapter marks, an EPUB that is lit as it is spoken. Knows no service."""
