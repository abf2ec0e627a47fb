"""What it takes to keep a store: a look at its file as it is, a hold on it, what is lost of it made again."""
