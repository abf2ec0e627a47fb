"""Images: opened with care, cut to pixels once, encoded, and how a classifier takes them."""
