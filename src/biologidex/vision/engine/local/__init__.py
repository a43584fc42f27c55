"""The offline provider's networks: two EfficientNet-lite, read without torch, run by onnxruntime.

`weights.py` reads the published files, `efficientnet.py` knows the architecture, `onnx.py` writes what
onnxruntime reads, `networks.py` runs both on a picture, `rule.py` turns their numbers into an answer.
"""

import os

# Since 1.29 onnxruntime tells its makers of every process and network that it runs, and keeps an id of the machine;
# unless this is set before it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # noqa: TID251 -- read by onnxruntime
