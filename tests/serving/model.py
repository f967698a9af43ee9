"""A tiny vision-language model with random weights, in the layout of Qwen2-VL.

In: a directory. Out: a model, its tokenizer, processors and chat template in it, some megabytes, that `transformers serve` loads as
it loads any other. It has seen nothing and knows nothing: what it is for is that pictures and videos go through the very code
that real ones go through.
"""

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen2VLConfig, Qwen2VLForConditionalGeneration, Qwen2VLProcessor
from transformers.models.qwen2_vl import Qwen2VLImageProcessor, Qwen2VLVideoProcessor

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"]
TEMPLATE = """{% for message in messages %}<|im_start|>{{ message['role'] }}
{% if message['content'] is string %}{{ message['content'] }}{% else %}{% for part in message['content'] %}\
{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>\
{% elif part['type'] == 'video' %}<|vision_start|><|video_pad|><|vision_end|>\
{% else %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""


def tokenizer():
    """One token a byte, and the marks of the template: it needs no training, and reads whatever it is sent."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    own = Tokenizer(models.BPE(vocab={text: at for at, text in enumerate(alphabet)}, merges=[]))
    own.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    own.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(tokenizer_object=own, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    fast.add_special_tokens({"additional_special_tokens": [text for text in SPECIAL if text not in ("<|im_end|>", "<|endoftext|>")]})
    fast.chat_template = TEMPLATE
    return fast


def make(directory):
    torch.manual_seed(0)
    words = tokenizer()
    of = words.convert_tokens_to_ids
    config = Qwen2VLConfig(
        text_config={
            "vocab_size": len(words), "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
            "num_key_value_heads": 2, "max_position_embeddings": 32768, "bos_token_id": None, "eos_token_id": of("<|im_end|>"),
            "pad_token_id": of("<|endoftext|>"), "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]},
        },
        vision_config={"depth": 2, "embed_dim": 32, "hidden_size": 64, "num_heads": 2, "mlp_ratio": 2},
        image_token_id=of("<|image_pad|>"), video_token_id=of("<|video_pad|>"),
        vision_start_token_id=of("<|vision_start|>"), vision_end_token_id=of("<|vision_end|>"),
    )
    model = Qwen2VLForConditionalGeneration(config)
    # Weights this small would say almost the same whatever is shown: larger ones let a picture change what comes out.
    with torch.no_grad():
        for weights in model.parameters():
            if weights.dim() > 1:
                weights.mul_(6)
    model.save_pretrained(directory)
    size = {"shortest_edge": 28 * 28, "longest_edge": 28 * 28 * 64}
    processor = Qwen2VLProcessor(Qwen2VLImageProcessor(size=size), words, Qwen2VLVideoProcessor(size=size), chat_template=TEMPLATE)
    processor.save_pretrained(directory)
