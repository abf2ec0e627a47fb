"""Personal data: masked in a dataset of its own, with a look before."""
