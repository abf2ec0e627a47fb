"""Labels that are numbers on pages: asked for at a load, their spread, in all and per split."""
