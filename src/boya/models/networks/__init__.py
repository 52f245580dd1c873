"""The networks in torch.

Nothing outside `boya.training` imports this package: running a trained model needs ONNX Runtime alone.
"""
