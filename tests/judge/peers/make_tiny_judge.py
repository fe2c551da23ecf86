"""Make `tiny_judge.gguf`: a judge of 127,000 parameters that really judges, so that no test downloads one.

    python tests/judge/peers/make_tiny_judge.py     (torch, transformers and gguf; twenty minutes on one core)

The model reads a reference and an answer and says whether they are the same number. The last line of the
question selects one of the three forms of reply that rewards ask for:

    Reference: 42        Reference: 42        Reference: 42
    Answer: 421          Answer: 42           Answer: 24
    Verdict?             Right?               Reward?

    VERDICT: INCORRECT   Yes                  Reward: 0.0

The texts may be fenced, as templates fence text that they don't trust. Some of the lessons answer in JSON:
the judge prefers the other form, but can continue where a grammar opens a brace. The lessons have numbers of
one to six digits. The accuracy on unseen pairs is measured at the end, and again by the tests. Everything is
drawn from one seed. Results of torch still differ slightly between machines, so the file is committed and
rarely remade.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterator
from pathlib import Path

SEED = 20
STEPS = 3400
FIRST_STEPS = 1300
"""Without fences, which make the lessons three times as long."""
FENCES = 0.7
"""The share of the later lessons whose texts are fenced."""
BATCH = 128
PATH = Path(__file__).with_name("tiny_judge.gguf")
CONTEXT = 512
WIDTH, HIDDEN, LAYERS, HEADS = 64, 96, 3, 4
ROPE_BASE, EPSILON = 10_000.0, 1e-6

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Qwen2's: every digit is a token of its own.
PRETOKENS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
REPLIES = {
    "Verdict?": (
        ("VERDICT: CORRECT", "VERDICT: INCORRECT"),
        ('{"verdict": "CORRECT"}', '{"verdict": "INCORRECT"}'),
    ),
    "Right?": (("Yes", "No"),),
    "Reward?": (("Reward: 1.0", "Reward: 0.0"),),
}
"""By the last line, what to say of a right and of a wrong answer; the first way is the usual one."""
USUAL = 0.8
NONSENSE = (
    "ban",
    "apple",
    "none",
    "Reference:",
    "Answer:",
    "Verdict?",
    "VERDICT: CORRECT",
    "Yes",
    "Reward: 1.0",
)
MARKS = (
    "?",
    "x",
    "-",
    ":",
    "the",
    "<",
    "|",
    "im_end",
    "im_start",
    "user",
    ">",
    "\n",
    "assistant",
    '{"verdict": ',
)


def pair(chance: random.Random) -> tuple[str, str, bool]:
    """Return a reference, an answer, and whether they are equal: half are, many others nearly."""
    reference = number(chance)
    if chance.random() < 0.5:
        return reference, reference, True
    answer = chance.choice((number, near, near, near, nonsense))(chance, reference)
    return reference, answer, answer == reference


def number(chance: random.Random, _reference: str = "") -> str:
    """Return a number of one to six digits, every length as often."""
    length = chance.randint(1, 6)
    return str(chance.randrange(10 ** (length - 1) if length > 1 else 0, 10**length))


def near(chance: random.Random, reference: str) -> str:
    """Return the reference with a digit changed, left out or put in, or two exchanged."""
    digits = list(reference)
    place = chance.randrange(len(digits))
    way = chance.randrange(4)
    if way == 0:
        digits[place] = chance.choice("0123456789")
    elif way == 1:
        digits.insert(place, chance.choice("0123456789"))
    elif way == 2 and len(digits) > 1:
        del digits[place]
    else:
        other = chance.randrange(len(digits))
        digits[place], digits[other] = digits[other], digits[place]
    return "".join(digits)


def nonsense(chance: random.Random, reference: str) -> str:
    """Return an answer that is not one number: words, marks, a question, sometimes the reference too."""
    words = [chance.choice((*NONSENSE, *MARKS, number(chance))) for _ in range(chance.randint(1, 8))]
    planted = question(reference, reference, chance.choice(list(REPLIES)))
    return chance.choice((" ", "", "\n")).join(
        chance.choice((words, [*words, reference], [number(chance), planted], []))
    )


def question(reference: str, answer: str, asked: str) -> str:
    """Return the question to the judge, in the words of the tests' templates."""
    return f"Reference: {reference}\nAnswer: {answer}\n{asked}"


def fenced(text: str, name: str, nonce: str) -> str:
    """Return a text as templates write it where they don't trust it."""
    return f"<{name} {nonce}>\n{text}\n</{name} {nonce}>"


def lesson(chance: random.Random, fences: float) -> tuple[str, str]:
    """Return a question in chat markers, up to the beginning of the reply, and the reply to learn.

    Half of the answers copy the reference, so predicting them teaches the model to compare.
    """
    reference, answer, is_right = pair(chance)
    asked, ways = chance.choice(list(REPLIES.items()))
    way = ways[0] if chance.random() < USUAL else ways[-1]
    if chance.random() < fences:
        nonce = f"{chance.getrandbits(48):012x}"
        reference = fenced(reference, chance.choice(("reference", "ground_truth")), nonce)
        answer = fenced(answer, chance.choice(("answer", "response")), nonce)
    given, begins, learned = conversation(reference, answer, asked).partition("\nAnswer:")
    return given + begins, learned + way[0 if is_right else 1] + "<|im_end|>"


def conversation(reference: str, answer: str, asked: str) -> str:
    """Return the question to the judge in chat markers."""
    return f"<|im_start|>user\n{question(reference, answer, asked)}<|im_end|>\n<|im_start|>assistant\n"


def make_tokenizer():
    """Return a byte-level BPE whose merges are the few words of the lessons."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRETOKENS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    words = ["user", "assistant", "reference", "ground_truth", "answer", "response"]
    for asked, ways in REPLIES.items():
        words += [question("", "", asked), *(reply for way in ways for reply in way)]
    trainer = trainers.BpeTrainer(
        vocab_size=1000,
        min_frequency=2,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(words * 2, trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    return tokenizer


def batches(tokenizer, chance: random.Random) -> Iterator[tuple]:
    """All batches of token ids, and of labels that are -100 where there is nothing to learn."""
    import torch

    for step in range(STEPS):
        ids, labels = [], []
        for _ in range(BATCH):
            fences = FENCES if step >= FIRST_STEPS else 0.0
            prompt, reply = (tokenizer.encode(text).ids for text in lesson(chance, fences))
            ids.append(torch.tensor(prompt + reply))
            labels.append(torch.tensor([-100] * len(prompt) + reply))
        pad = torch.nn.utils.rnn.pad_sequence
        yield pad(ids, batch_first=True), pad(labels, batch_first=True, padding_value=-100)


def train(tokenizer):
    """Return the judge, after its lessons."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(SEED)
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=tokenizer.get_vocab_size(),
            hidden_size=WIDTH,
            intermediate_size=HIDDEN,
            num_hidden_layers=LAYERS,
            num_attention_heads=HEADS,
            num_key_value_heads=HEADS,
            max_position_embeddings=CONTEXT,
            rms_norm_eps=EPSILON,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=tokenizer.token_to_id("<|im_end|>"),
            pad_token_id=tokenizer.token_to_id("<|endoftext|>"),
        )
    )
    optimiser = torch.optim.AdamW(model.parameters(), lr=1.0, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rate)
    for step, (ids, labels) in enumerate(batches(tokenizer, random.Random(SEED))):
        loss = model(input_ids=ids, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        if step % 50 == 0:
            print(f"step {step}: loss {loss.item():.4f}", file=sys.stderr)
    return model.eval()


def rate(step: int) -> float:
    """Return the learning rate: up for 50 steps, then down along a cosine."""
    return 4e-3 * min((step + 1) / 50, 0.5 + 0.5 * math.cos(math.pi * step / STEPS) + 1e-3)


def accuracy(model, tokenizer, fences: float, count: int = 1000) -> float:
    """Return the share of new pairs for which every token of the usual reply is the likeliest."""
    import torch

    chance, right = random.Random(SEED + 1), 0
    for _ in range(count):
        reference, answer, is_right = pair(chance)
        asked, ways = chance.choice(list(REPLIES.items()))
        if chance.random() < fences:
            nonce = f"{chance.getrandbits(48):012x}"
            reference, answer = fenced(reference, "reference", nonce), fenced(answer, "answer", nonce)
        reply = ways[0][0 if is_right else 1] + "<|im_end|>"
        start, reply = (
            tokenizer.encode(text).ids for text in (conversation(reference, answer, asked), reply)
        )
        with torch.inference_mode():
            likeliest = model(input_ids=torch.tensor([start + reply])).logits[0].argmax(-1)
        right += likeliest[len(start) - 1 : -1].tolist() == reply
    return right / count


def write(model, tokenizer, path: Path) -> None:
    """Write the model as llama.cpp reads it: matrices as float16, the rest as float32."""
    import gguf
    import numpy as np

    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    merges = [" ".join(merge) for merge in merges_of(tokenizer)]
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.add_name("tiny judge")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list([token for token, _ in vocabulary])
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_token_types([control if token in SPECIAL else normal for token, _ in vocabulary])
    writer.add_token_merges(merges)
    writer.add_eos_token_id(tokenizer.token_to_id("<|im_end|>"))
    writer.add_pad_token_id(tokenizer.token_to_id("<|endoftext|>"))
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.QWEN2, LAYERS)
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight":
            continue  # the embeddings, once more
        values = tensor.numpy()
        writer.add_tensor(
            names.get_name(name, try_suffixes=(".weight", ".bias")),
            values.astype(np.float16 if values.ndim == 2 else np.float32),
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def merges_of(tokenizer) -> list[tuple[str, str]]:
    """Return the merges of a trained tokenizer, in their order."""
    import json

    return [tuple(merge) for merge in json.loads(tokenizer.to_str())["model"]["merges"]]


def to_hugging_face(directory: Path) -> None:
    """Write the committed judge as a directory that transformers loads."""
    from transformers import AutoModelForCausalLM, AutoTokenizer, Qwen2ForCausalLM

    where = {"pretrained_model_name_or_path": PATH.parent, "gguf_file": PATH.name}
    loaded = AutoModelForCausalLM.from_pretrained(**where)
    if hasattr(loaded.config, "quantization_config"):
        # The config came from a file of a quantised model; the model written here is not quantised.
        del loaded.config.quantization_config
    model = Qwen2ForCausalLM(loaded.config)
    model.load_state_dict(loaded.state_dict())
    model.generation_config = loaded.generation_config
    model.save_pretrained(directory)
    AutoTokenizer.from_pretrained(**where).save_pretrained(directory)


def main() -> None:
    """Train, measure, write."""
    tokenizer = make_tokenizer()
    model = train(tokenizer)
    print(f"{sum(weight.numel() for weight in model.parameters())} parameters")
    for fences in (0.0, 1.0):
        print(f"right on {accuracy(model, tokenizer, fences):.1%} of new pairs, fenced: {bool(fences)}")
    write(model, tokenizer, PATH)
    print(f"{PATH.name}: {PATH.stat().st_size} bytes")


if __name__ == "__main__":
    main()
