"""Issues, view Rules."""
