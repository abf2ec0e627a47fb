"""What images are, in plain facts: no heavy library."""

from __future__ import annotations

from core.modalities.contract import FineTuning, Modality
from core.modalities.image.derived import DERIVED
from core.modalities.image.faults import FAULTS
from core.modalities.image.guess import find

_SNIPPET = """\
# pip install torch transformers pillow
import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoModelForImageClassification

model = AutoModelForImageClassification.from_pretrained("{folder}").eval()
processor = AutoImageProcessor.from_pretrained("{folder}", backend="pil")

inputs = processor(images=[Image.open("your-image.png").convert("RGB")], return_tensors="pt")
with torch.inference_mode():
    logits = model(**inputs).logits
{answer}"""

IMAGE = Modality(
    name="image",
    many="images",
    icon="image",
    row_height=56,
    in_files=True,
    seconds_to_read=1e-3,
    suffixes=frozenset((".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff")),
    measures=("width", "height", "brightness", "contrast"),
    find=find,
    derived=DERIVED,
    near_similarity=0.99,  # of centred 16 × 16 pixels: the same image saved or scaled anew
    encoders=("pixels", "efficientnet"),
    fine_tuning=FineTuning(
        models=("efficientnet",),
        such_as="a ViT or a ResNet",
        learning_rates={"last": 1e-3, "full": 5e-4},
        settings=frozenset(),
        marks=("preprocessor_config.json",),
        snippet=_SNIPPET,
    ),
    heavy="core.modalities.image.heavy",
    faults=FAULTS,
    folder_format="imagefolder",
)
