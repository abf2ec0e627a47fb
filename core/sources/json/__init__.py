"""JSON lines and JSON documents that hold a table."""
