"""How balanced and how biased a dataset's labels are: aggregates in SQL, then a little arithmetic.

Owns every measure of the Profile page and the SQL behind it. Reads through `Rows`, never opens a database, never
writes, and never holds a row of the dataset in Python.
"""
