"""Spans of a text, each with a type: its label is the list of them, in characters of the text."""
