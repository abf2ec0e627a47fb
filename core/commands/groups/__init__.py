"""Commands that compare groups of rows."""
