"""Models from the command line: trained, judged, compared and used."""
