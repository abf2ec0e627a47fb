"""Winnow's core: everything but the pages.

source      where a dataset comes from: a guess at its schema, and its rows
store       rows as loaded, versions as derived, scans and predictions, in DuckDB
ledger      what was done: decisions as made, claims, runs, effects, in SQLite
profile     how balanced and how biased the labels are, in SQL
signals     embeddings, out-of-sample probabilities, neighbours: what a model thinks of each row
issues      signals to ranked rows that are probably wrong, and why
review      which row next, and what a decision does to a label
training    a fine-tune: settings, classifiers, the loop and its checkpoints
evaluation, reports    how good a model is, with intervals; the page that somebody can print
jobs, worker, workflow, ui       what runs it: heavy work in processes of its own, light work in the browser's
"""
