"""The Bias view: associations with the label, groups, reference shares, and how scan and review treat groups."""
