"""What runs predict, as arrays, by what labels are."""
