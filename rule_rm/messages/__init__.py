"""Read the conversation that a trainer sends: one definition of turns and thinking for everyone.

- `prefilled`: restore the thinking tag that a chat template wrote into the prompt
- `chat_templates`: split prompt and response, and strip the markers of a chat template from a text
- `turns`: split thinking from answer, in the dialects of all families, and a prompt into its turns
- `harmony`: the channels of gpt-oss
- `templates`: the one table of chat templates, their turn openings and end tokens
- `fields`: read typed fields from a request body

Tests: `tests/messages/`.
"""
