"""Files to pages, chapters, metadata and pictures.

`parser.Parser` reads each file in a child process with limits of its own; the other modules run in that process, except
`plain.read_text`, which training calls on texts of its own. Not here: storage, HTTP, settings.
"""
