"""Reading files into pages, each file in a child process with limits of its own."""
