"""The composer as other software reads it: a folder for Hugging Face's `transformers`, and so for vLLM.

Conventions: `config.json` says that the network is a Llama, `model.safetensors` holds its weights under their own names;
nothing is renamed or reshaped. Tokens are numbers of the bar stream; there is no tokenizer of text.
"""

import json
from pathlib import Path
from typing import Any

from safetensors.torch import save_file

from boya.models.networks.composer import NORM_EPSILON, ROTARY_BASE, ComposerNetwork, ComposerSettings
from boya.representation.stream.vocabulary import VOCABULARY

__all__ = ["llama_config", "save_pretrained"]


def llama_config(settings: ComposerSettings) -> dict[str, Any]:
    """Return what `config.json` says.

    >>> llama_config(ComposerSettings(heads=8, kv_heads=2))["num_key_value_heads"]
    2
    """
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": settings.vocabulary,
        "hidden_size": settings.width,
        "intermediate_size": settings.feed_forward,
        "num_hidden_layers": settings.layers,
        "num_attention_heads": settings.heads,
        "num_key_value_heads": settings.kv_heads,
        "head_dim": settings.head,
        "hidden_act": "silu",
        "max_position_embeddings": settings.context,
        "rms_norm_eps": NORM_EPSILON,
        "rope_theta": ROTARY_BASE,  # read by version 4 of transformers and by vLLM
        "rope_parameters": {"rope_type": "default", "rope_theta": ROTARY_BASE},  # by version 5
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "pad_token_id": VOCABULARY.id("pad"),
        "bos_token_id": VOCABULARY.id("piece"),
        "eos_token_id": VOCABULARY.id("end"),
        "dtype": "float32",
    }


def save_pretrained(network: ComposerNetwork, folder: str | Path) -> Path:
    """Write a network so that `transformers.LlamaForCausalLM.from_pretrained(folder)` reads it.

    Parameters
    ----------
    network
        the trained network; it is left as it is.
    folder
        where `config.json` and `model.safetensors` go.

    Returns
    -------
    Path
        the folder.

    Examples
    --------
    >>> import tempfile
    >>> settings = ComposerSettings(width=8, layers=1, heads=2, kv_heads=1, feed_forward=8)
    >>> sorted(path.name for path in save_pretrained(ComposerNetwork(settings), tempfile.mkdtemp()).iterdir())
    ['config.json', 'model.safetensors']
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.detach().cpu().float().contiguous() for name, tensor in network.state_dict().items()}
    save_file(tensors, target / "model.safetensors", metadata={"format": "pt"})
    text = json.dumps(llama_config(network.settings), indent=2)
    (target / "config.json").write_text(text + "\n", encoding="utf-8")
    return target
