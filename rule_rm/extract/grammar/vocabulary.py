"""Closed lists of the words that `subjects` knows in a name for the answer."""

from __future__ import annotations

import re

from rule_rm.extract.grammar import names
from rule_rm.extract.words import patterns, stating

COMMANDS = patterns.words(
    "get obtain find have choose select pick report box output conclude make write put answer"
)
"""Imperatives and infinitives that state what follows them without a subject."""
SOUGHT = patterns.words(
    """
        find seek determine compute calculate choose select pick report buy make reach get obtain
        complete finish use solve sell pay travel cover fill be have go give take bring
        """
)
"""Infinitives that may modify a name for the answer: "the number to find"."""
PARTS = patterns.words(
    """
        half halves part parts portion partial subtotal intermediate
        quarter piece numerator denominator step half-way
        provisional temporary preliminary initial previous earlier former
        """
)
"""Words for parts and steps of an answer."""
OPERATIONS = patterns.words(
    """
        add subtract multiply divide solve simplify substitute evaluate comput calculat combine
        factor expand rearrange tak us apply sum count plug put set isolat cancel collect
        differentiat integrate round convert reduc cross-multiply squar cub find work do carry mak
        compar equat rais writ express complete consider insert replac invert not observe check
        verify look read follow start begin continu proceed conclud mean leav fix correct discard
        drop exclud remov throw group distribut rationaliz rationalis minimiz maximiz optimiz
        minimis maximis optimis test let doubl halv tripl return go recall mov bring turn eliminat
        enter perform transform translat reflect scal approximate estimat averag total tally measur
        break split separate pair match list enumerat examine analyz analys interpret deduc deriv
        infer obtain get giv yield
        """
)
"""Stems of gerunds for steps of a computation: "adding", "substituting"."""
CLAUSE_MARKS = patterns.words(
    """
        i we you he she they one it that which who to must should shall can cannot could may might will would
        """
)
"""Pronouns and auxiliaries behind which a clause has its verb."""
AUXILIARIES = patterns.words("be been being is are was were has have had do does did not never")
"""Words that may come between these and the verb."""
NEUTRAL = patterns.words(
    """
        a an the this these those its his her their my our your there us me what whose all both each every any
        no such same and or but if when how many much more most less least only just exactly also in of for on
        from by with at need needs needed want wants seek seeks look looking looked ask asks asked find finds
        found get gets got gotten obtain obtains obtained works satisfies satisfy hold holds makes make fits
        fit solves solve meets meet maximizes minimizes maximises minimises gives give given determine
        determined
        compute computed calculate calculated remain remains left use uses used exists exist buy bought sell
        sold spend spent earn earned pay paid save saved make made receive received divide divides
        based provided
        confirmed established verified proved proven shown known seen taken
        """
)
"""Function words, and verbs of computing and asking, which a clause within a name may have."""
LISTED = frozenset(
    names.stem(word)
    for word in re.findall(
        r"[a-z]{2,}",
        " ".join(
            (
                stating.LIGHT,
                stating.CONNECTIVES,
                stating.NOUN_DRESS,
                stating.ANSWER_NOUNS,
                stating.VERBS,
                names.ADJECTIVES,
                names.QUANTITIES,
            )
        ).lower(),
    )
)
"""The stems of the words of `stating` that may lead to an answer."""
