"""Model families: what was trained, and how to run it. NumPy and ONNX Runtime; torch only in `boya.models.networks`."""
