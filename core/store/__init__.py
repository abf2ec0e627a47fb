"""The workspace's DuckDB file: the only room that imports duckdb. Other rooms see records, tables and SQL text."""
