"""Lists of rows and cards: what stands above them, in them, and acts on them."""
