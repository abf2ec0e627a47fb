"""What texts are, in plain facts: no heavy library."""

from __future__ import annotations

from core.modalities.contract import FineTuning, Modality
from core.modalities.text.derived import DERIVED
from core.modalities.text.faults import FAULTS
from core.modalities.text.guess import find

_SNIPPET = """\
# pip install torch transformers
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

model = AutoModelForSequenceClassification.from_pretrained("{folder}").eval()
tokenizer = AutoTokenizer.from_pretrained("{folder}")

inputs = tokenizer(["Your text"], truncation=True, padding=True, return_tensors="pt")
with torch.inference_mode():
    logits = model(**inputs).logits
{answer}"""

TEXT = Modality(
    name="text",
    many="texts",
    icon="notes",
    row_height=35,
    in_files=False,
    find=find,
    derived=DERIVED,
    near_similarity=0.9,  # of TF-IDF rows: about one word in twenty differs
    encoders=("lexical", "minilm"),
    fine_tuning=FineTuning(
        models=("minilm",),
        such_as="an encoder such as BERT",
        learning_rates={"last": 3e-4, "full": 1e-4},
        settings=frozenset({"max_tokens"}),
        marks=("tokenizer_config.json", "tokenizer.json", "vocab.txt"),
        snippet=_SNIPPET,
    ),
    heavy="core.modalities.text.heavy",
    faults=FAULTS,
    asked=("language",),
)
