"""The library: books, their pages and their files. The only service with a database."""
