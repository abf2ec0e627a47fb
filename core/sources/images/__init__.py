"""Images as folders, ZIP archives and columns of a table."""
