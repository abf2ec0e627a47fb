"""Places the rows of a dataset in two dimensions by UMAP."""
