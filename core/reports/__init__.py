"""Records to HTML files that need no network: one module per kind of report. Reads no store."""
