"""Lists of rows: their columns, and what narrows and sorts them."""
