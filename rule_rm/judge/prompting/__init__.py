"""Write the judge's prompt from a rollout, with the policy's text fenced off."""
