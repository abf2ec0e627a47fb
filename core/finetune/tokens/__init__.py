"""Token classification: models of transformers that give each word of a text a tag, learnt from labels that are
spans."""
