"""One class for each example: its label is the name of the class."""
