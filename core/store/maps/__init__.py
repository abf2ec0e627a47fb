"""Where the rows of a dataset lie on its maps, in two dimensions."""
