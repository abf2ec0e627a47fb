"""The Chinese catalogue, in as many files as there are areas."""
