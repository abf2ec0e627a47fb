"""Commands of the review: single decisions, many at once, what was decided, and versions of it."""
