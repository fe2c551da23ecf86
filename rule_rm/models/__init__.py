"""Reward models and small generative models, each in a process of its own or behind an engine's URL.

In the server, which never imports torch:

- `reward_options`: the options of the reward `reward_model`
- `options`: the options of a model, checked before it is loaded
- `host`: the server's side of a reward model; `wire` has the messages between the two
- `chat_process`: the server's side of a small generative model, which speaks OpenAI's interface
- `remote`, `engine_api`: ask an engine such as vLLM or SGLang for scores
- `conversation`: the conversation of a rollout, as all of them get it

In the model's process:

- `process`: read requests and score them; `batching` chooses the texts of each pass
- `scorer`, `checkpoint`, `encoding`: the model, how it is loaded, and how a conversation becomes tokens
- `chat_server`, `generation`: the small generative model

The tests are in `tests/models`.
"""
