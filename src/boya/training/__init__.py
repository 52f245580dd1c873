"""Training: a recipe and packed arrays to weights, and weights to ONNX.

Needs the extra `train` (torch, safetensors); training from packed arrays imports no MIDI library and no ONNX.
"""
