"""Review: which rows a reviewer gets, which acts can be taken down, and how both are said in words. Pure: no store."""
