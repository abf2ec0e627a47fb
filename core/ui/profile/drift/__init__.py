"""The Drift view: whether splits, stretches of the file or versions hold rows of the same kind."""
