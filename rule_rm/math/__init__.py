"""The parts of all rewards for mathematics: read an answer, bound its cost, compare it."""
