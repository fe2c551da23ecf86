"""The problems behind `math_examples.json`, a module for each subject."""

from . import (
    algebra,
    arithmetic,
    calculus,
    coordinates,
    counting,
    diophantine,
    functions,
    geometry,
    inequalities,
    linear_algebra,
    number_theory,
    polynomials,
    probability,
    proportions,
    sequences,
    trigonometry,
    word_problems,
)
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
        sequences,
        geometry,
        coordinates,
        trigonometry,
        counting,
        probability,
        number_theory,
        diophantine,
        calculus,
        linear_algebra,
    )
]
PROBLEMS = [problem for subject in SUBJECTS for problem in subject.problems]
