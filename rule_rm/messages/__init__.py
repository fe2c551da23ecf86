"""Read the conversation that a trainer sends: one definition of turns and thinking for everyone.

- `prepare`: a rollout as rewards read it: the turns that count, up to their end
- `groups`: the responses to one prompt, for rewards that compare them
- `said`: the assistant's words in a list of messages, with its reasoning and tool calls
- `prefilled`: restore the thinking tag that a chat template wrote into the prompt
- `chat_templates`: split prompt and response, and strip the markers of a chat template from a text
- `turns`: split thinking from answer, in the dialects of all families, and a prompt into its turns
- `harmony`, `thinking_turns`: the channels of gpt-oss and Muse, and thinking that is a turn of its own
- `control_tokens`: break control tokens in untrusted texts, for judges and reward models
- `first_marks`: find the first turn opening or end token in a long text
- `templates`: the one table of chat templates, their turn openings and end tokens
- `fields`: read typed fields from a request body
- `contents`: check the contents of messages, which would else be read as no text
- `kinds`: name the kind of a JSON value in errors
- `ends`: the token that ends a text and its turn, of a known template or of any
- `notices`: say in the log, seldom, how texts are read where a trainer may have meant another way

Tests: `tests/messages/`.
"""
