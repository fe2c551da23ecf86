"""What the rewards for mathematics share: reading an answer, bounding its cost, comparing it."""
