"""Any number of classes for each example, none included: its label is the set of their names."""
