"""Records to HTML and model cards. Empty until evaluation lands."""
