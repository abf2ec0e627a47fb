"""Rules over the rows of a version: which rows each covers, what others say of them, and what people said."""
