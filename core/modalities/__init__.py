"""What an example is: a folder each for texts and images, with their encoders and what makes them ready for a model.

Imports nothing here: what the folders hold in front of torch is read by the web process."""
