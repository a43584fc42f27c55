"""The offline provider's networks: two EfficientNet-lite, read without torch, run by onnxruntime.

`weights.py` reads the published files, `efficientnet.py` knows the architecture, `onnx.py` writes what
onnxruntime reads, `networks.py` runs both on a picture, `rule.py` turns their numbers into an answer.
"""
