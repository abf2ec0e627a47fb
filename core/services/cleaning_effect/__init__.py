"""Whether cleaning helped: the question and its answer."""
