"""The problems behind `math_examples.json`, a module for each subject."""

from . import algebra, arithmetic, functions, inequalities, polynomials, proportions, word_problems
from .answers import agrees
from .problem import LEVELS, Problem

__all__ = ["LEVELS", "PROBLEMS", "SUBJECTS", "Problem", "agrees"]

SUBJECTS = [
    module.SUBJECT
    for module in (
        arithmetic,
        proportions,
        word_problems,
        algebra,
        inequalities,
        functions,
        polynomials,
    )
]
PROBLEMS = [problem for subject in SUBJECTS for problem in subject.problems]
