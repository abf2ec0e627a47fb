"""What every stage that runs a model shares: where its files are and whether they are safe to load, how an image is
opened, what goes through it at a time, and on which device."""
