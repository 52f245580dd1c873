"""What is this music? A small encoder that ships gives a piece's vector."""

from boya.listening.recognition.vectors import vector_of

__all__ = ["vector_of"]
