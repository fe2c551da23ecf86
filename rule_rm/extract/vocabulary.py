"""Closed lists of the words that `subjects` knows in a name for the answer."""

from __future__ import annotations

import re

from rule_rm.extract import names, stating

COMMANDS = frozenset(
    stating.words("get obtain find have choose select pick report box output conclude make write put answer")
)
"""Imperatives and infinitives that state what follows them without a subject."""
SOUGHT = frozenset(
    stating.words(
        """
        find seek determine compute calculate choose select pick report buy make reach get obtain
        complete finish use solve sell pay travel cover fill be have go give take bring
        """
    )
)
"""Infinitives that may modify a name for the answer: "the number to find"."""
PARTS = frozenset(
    stating.words(
        """
        first second third fourth half halves part parts portion partial subtotal intermediate
        quarter piece numerator denominator discriminant radicand exponent step half-way
        provisional temporary preliminary initial previous earlier former old other another double
        """
    )
)
"""Words for parts, steps and multiples of an answer."""
OPERATIONS = frozenset(
    stating.words(
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
)
"""Stems of gerunds for steps of a computation: "adding", "substituting"."""
NEUTRAL = frozenset(
    stating.words(
        """
        a an the this that these those its his her their our my your it we he she they you there
        which what who whose one two three four five six seven eight nine ten eleven twelve
        hundred thousand million both all each every any such same is are was were be been being
        has have had do does did will would shall should can must need needs needed not and or but
        if when how many much more most less least few fewer very too also then thus hence
        therefore so now here only just exactly precisely indeed always of in for on from to by
        with at between per under over after among within through into as than percent percentage
        form forms grade part-time money name job expression equation equations inequality
        inequalities function functions statement variable variables unknown unknowns quantity
        quantities size sizes count counts figure figures price prices pay wage wages salary fee
        fees bill charge charges income earnings share shares budget fund funds surplus deficit
        loss gain gains increase decrease growth reduction gap shift height heights depth width
        breadth thickness level capacity content contents load score scores grades mark marks
        points record rate rates ratio ratios proportion fraction fractions chance chances
        likelihood odds event events case cases way ways method methods formula formulas theorem
        rule rules identity law substitution calculation calculations computation computations
        simplification evaluation multiplication addition subtraction division operation
        operations process procedure algorithm pattern sequence series progression term terms
        element elements entry entries member members row rows column columns matrix vector
        vectors line lines segment segments side sides edge edges corner corners vertex vertices
        face faces angle angles arc circle circles triangle triangles square squares rectangle
        polygon shape region regions plane sphere cube cylinder cone pyramid prism surface base
        center centre midpoint point distance distances path route trip travel journey speed
        velocity acceleration time times date day days week weeks month months year years hour
        hours minute minutes second seconds age ages duration period interval intervals range
        domain mean median mode average averages variance deviation sum sums total totals product
        products quotient remainder difference differences power powers root roots zero zeros
        solution solutions value values number numbers digit digits integer integers prime primes
        factor factors multiple multiples divisor divisors coefficient coefficients constant
        constants degree degrees polynomial limit limits derivative integral maximum minimum
        extremum slope intercept gradient tangent normal curve graph graphs plot axis axes origin
        coordinate coordinates position displacement angular resolution efficiency intensity
        luminosity magnitude momentum torque entropy enthalpy potential field flux redshift wave
        mole molar atomic partial-pressure half-life force energy work heat mass weight weights
        density pressure temperature volume volumes area areas perimeter circumference radius
        diameter length lengths frequency wavelength amplitude current voltage resistance
        capacitance concentration molarity moles yield reaction gas pair pairs triple set sets
        subset subsets arrangement arrangements permutation permutations combination combinations
        choice choices option options outcome outcomes possibility possibilities selection
        selections answer answers result results response conclusion final output argument amount
        amounts people person persons student students child children item items object objects
        unit units whole rest remaining extra additional overall combined net gross actual correct
        right exact approximate numerical numeric true real complex rational irrational positive
        negative nonzero nonnegative natural even odd distinct different unique single common
        greatest largest smallest lowest highest maximal minimal optimal best possible valid
        feasible simplified simplest reduced closed general particular expected required requested
        desired sought missing asked wanted given new resulting corresponding equivalent equal
        simple full entire complete linear quadratic cubic exponential logarithmic geometric
        arithmetic algebraic absolute relative annual yearly monthly weekly daily hourly original
        present next last following want wants seek seeks look looking looked ask asks find finds
        found finding get gets obtain obtained obtains works satisfies satisfy satisfying holds
        hold makes make fits fit solves meets meet maximizes minimizes maximises minimises gives
        give determine determined compute computed calculate calculated remain remains left used
        use uses exists exist bought sold spent earned paid saved made received let us i me cannot
        twice greater larger smaller higher lower longer shorter more error complement supplement
        system systems smallest intended
        """
    )
)
"""Words of quantities and of computing, and function words, which a name for the answer may have."""
LISTED = frozenset(
    re.findall(
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
"""The words of the lists of `stating` that may lead to an answer."""
