"""What rows of a table are, in plain facts: no heavy library."""

from __future__ import annotations

from typing import Final

from core.modalities.contract import FineTuning, Modality
from core.modalities.table_row.cell import fields, line
from core.modalities.table_row.derived import DERIVED
from core.modalities.table_row.faults import FAULTS
from core.modalities.table_row.guess import features, find

FILE: Final = "model.skops"
"""The file of a saved model."""

_SNIPPET = """\
# pip install skops scikit-learn pandas
import json

import pandas as pd
import skops.io

model = skops.io.load("{folder}/model.skops", trusted=[
    "functools.partial",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
])
config = json.load(open("{folder}/config.json", encoding="utf-8"))

# One example: a value for each column, None where it is missing; times in seconds since 1970.
row = dict.fromkeys(feature["name"] for feature in config["features"])
frame = pd.DataFrame([row])
for feature in config["features"]:
    name = feature["name"]
    frame[name] = frame[name].astype(object if feature["kind"] == "category" else float)

if config.get("problem_type") == "regression":
    raise SystemExit(print(float(model.predict(frame)[0])))
probabilities, names = model.predict_proba(frame)[0], config["id2label"]
if config.get("problem_type") == "multi_label_classification":
    each = zip(names.values(), probabilities[-len(names):])
    print({{name: float(p) for name, p in each if p >= 0.5}})
else:
    best = probabilities.argmax()
    print(names[str(model.classes_[best])], float(probabilities[best]))
"""

TABLE_ROW = Modality(
    name="table-row",
    many="table rows",
    icon="table_chart",
    row_height=35,
    in_files=False,
    find=find,
    derived=DERIVED,
    faults=FAULTS,
    near_similarity=0.9999,  # of angles: every number a hundredth of its column's spread off, no category another
    encoders=("table-features",),
    fine_tuning=FineTuning(
        models=("boosting",),
        such_as="gradient-boosted trees",
        learning_rates={},
        settings=frozenset(),
        marks=(FILE,),
        snippet=_SNIPPET,
        at_once=True,
    ),
    heavy="core.modalities.table_row.heavy",
    features=features,
    line=line,
    fields=fields,
)
