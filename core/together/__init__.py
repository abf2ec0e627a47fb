"""One workspace, several programs: whoever holds it runs the commands of the others, over a Unix socket beside it."""
