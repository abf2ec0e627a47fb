"""Side-by-side measurements: each compares Winnow with what a person would use instead, in one run on one machine."""
