"""What is particular to labels that are spans."""
