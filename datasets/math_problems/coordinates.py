"""Points, lines, circles and conics in the coordinate plane."""

from sympy import (
    Abs,
    Circle,
    Eq,
    Line,
    Point,
    Polygon,
    cos,
    expand,
    integrate,
    pi,
    sin,
    solve,
    sqrt,
    symbols,
)

from .problem import Subject

SUBJECT = Subject("Coordinate Geometry")
problem = SUBJECT.problem

x, y, t = symbols("x y t", real=True)


def coordinates(point):
    return tuple(point.args)


@problem(1, "(6, -2)")
def walk_on_the_grid():
    """An ant sits at the point $(2,3)$. It walks 4 units to the right and 5 units down. At which point is it
    now?"""
    return 2 + 4, 3 - 5


@problem(2, "(1, 1)")
def midpoint():
    """Find the midpoint of the segment from $(-3,4)$ to $(5,-2)$."""
    return coordinates(Point(-3, 4).midpoint(Point(5, -2)))


@problem(2, "5")
def distance_of_points():
    """How far apart are the points $(1,2)$ and $(4,6)$?"""
    return Point(1, 2).distance(Point(4, 6))


@problem(2, r"-\frac{3}{4}")
def slope():
    """What is the slope of the line $3x+4y=8$?"""
    return Line(Eq(3 * x + 4 * y, 8)).slope


@problem(2, "(3, 4)")
def fourth_corner():
    """Three corners of a parallelogram $ABCD$ are $A=(1,1)$, $B=(4,2)$ and $C=(6,5)$. Find the corner $D$."""
    a, b, c = Point(1, 1), Point(4, 2), Point(6, 5)
    return coordinates(a + (c - b))


@problem(2, "(-3, -5)")
def mirror_in_the_axis():
    """The point $(3,-5)$ is reflected in the $y$-axis. What are the coordinates of its image?"""
    return coordinates(Point(3, -5).reflect(Line(Point(0, 0), Point(0, 1))))


@problem(3, r"y=-\frac{1}{2}x+2")
def perpendicular():
    """Find the equation, in the form $y=mx+b$, of the line through $(2,1)$ perpendicular to $y=2x-3$."""
    line = Line(Eq(y, 2 * x - 3)).perpendicular_line(Point(2, 1))
    return Eq(line.equation(x, y), 0)


@problem(3, "(x-2)^2+(y+2)^2=25")
def circle_on_a_diameter():
    """A circle has the diameter from $(-1,2)$ to $(5,-6)$. Write its equation as $(x-a)^2+(y-b)^2=c$."""
    ends = Point(-1, 2), Point(5, -6)
    return Eq(expand(Circle(ends[0].midpoint(ends[1]), ends[0].distance(ends[1]) / 2).equation(x, y)), 0)


@problem(3, "(3, -2)")
def centre_of_a_circle():
    """Which point is the centre of the circle $x^2+y^2-6x+4y-12=0$?"""
    return coordinates(Circle(x**2 + y**2 - 6 * x + 4 * y - 12, x="x", y="y").center)


@problem(3, "3")
def distance_to_a_line():
    """What is the distance of the point $(3,-1)$ from the line $3x-4y+2=0$?"""
    return Line(Eq(3 * x - 4 * y, -2)).distance(Point(3, -1))


@problem(3, "16")
def triangle_from_corners():
    """Compute the area of the triangle with corners $(0,0)$, $(7,1)$ and $(3,5)$."""
    return abs(Polygon((0, 0), (7, 1), (3, 5)).area)


@problem(3, r"\{(-1,1),(3,9)\}")
def line_meets_parabola():
    """In which points does the line $y=2x+3$ meet the parabola $y=x^2$? Give the set of these points."""
    return set(solve([y - 2 * x - 3, y - x**2], [x, y]))


@problem(3, "(2, 5)")
def rotation_about_a_point():
    r"""The point $(4,1)$ is turned counterclockwise by $90^\circ$ about the point $(1,2)$. Where does it
    go?"""
    return coordinates(Point(4, 1).rotate(pi / 2, Point(1, 2)))


@problem(3, "(4, 3)")
def centroid():
    """Find the centroid of the triangle whose corners are $(1,2)$, $(4,8)$ and $(7,-1)$."""
    return coordinates(Polygon((1, 2), (4, 8), (7, -1)).centroid)


@problem(3, "-6")
def collinear_points():
    """The points $(-1,4)$, $(2,-1)$ and $(5,c)$ lie on one straight line. What is $c$?"""
    [value] = solve(Polygon((-1, 4), (2, -1), (5, t)).area, t)
    return value


@problem(4, "3x-4y=25")
def tangent_to_a_circle():
    """Write the tangent to the circle $x^2+y^2=25$ at the point $(3,-4)$ as an equation $ax+by=25$."""
    [tangent] = Circle(Point(0, 0), 5).tangent_lines(Point(3, -4))
    return Eq(tangent.equation(x, y), 0)


@problem(4, "8")
def foci_of_an_ellipse():
    """How far are the two foci of the ellipse $9x^2+25y^2=225$ apart?"""
    on_axes = [Point(5, 0), Point(0, 3)]  # the sum of the distances from both foci is the same everywhere
    [half] = [v for v in solve(2 * 5 - 2 * sqrt(t**2 + on_axes[1].y ** 2), t) if v > 0]
    return 2 * half


@problem(4, "(0, 2)")
def focus_of_a_parabola():
    r"""Find the focus of the parabola $y=\frac{x^2}{8}$."""
    distance_difference = expand(
        x**2 + (x**2 / 8 - t) ** 2 - (x**2 / 8 + t) ** 2
    )  # focus (0, t), directrix y = -t
    [focus] = solve(distance_difference.coeff(x, 2), t)
    return 0, focus


@problem(4, r"\frac{2}{3}")
def asymptote_slope():
    """One of the two asymptotes of the hyperbola $4x^2-9y^2=36$ rises from left to right. What is its
    slope?"""
    branch = sqrt(4 * x**2 - 36) / 3
    return (branch / x).limit(x, "oo")


@problem(4, "18")
def diamond():
    r"""What is the area of the region of all points $(x,y)$ with $|x|+|y|\le 3$?"""
    return integrate(2 * (3 - Abs(x)), (x, -3, 3))


@problem(4, "36")
def interior_lattice_points():
    """How many points with integer coordinates lie strictly inside the pentagon with the corners $(0,0)$,
    $(6,0)$, $(8,4)$, $(3,7)$ and $(-1,3)$, taken in this order?"""
    corners = [(0, 0), (6, 0), (8, 4), (3, 7), (-1, 3)]
    edges = list(zip(corners, corners[1:] + corners[:1], strict=True))
    return sum(
        all((bx - ax) * (q - ay) - (by - ay) * (p - ax) > 0 for (ax, ay), (bx, by) in edges)
        for p in range(-2, 10)
        for q in range(-2, 10)
    )


@problem(4, "(5, 0)")
def mirror_in_a_line():
    """Reflect the point $(1,2)$ in the line $y=2x-5$. What are the coordinates of the image?"""
    return coordinates(Point(1, 2).reflect(Line(Eq(y, 2 * x - 5))))


@problem(4, "10")
def path_by_the_river():
    """A walker goes from $(1,3)$ to some point of the $x$-axis and from there to $(7,5)$, on straight lines.
    How long is the shortest such walk?"""
    length = sqrt((t - 1) ** 2 + 9) + sqrt((t - 7) ** 2 + 25)
    [turning] = solve(length.diff(t), t)
    return length.subs(t, turning)


@problem(4, "(x-4)^2+y^2=4")
def twice_as_far():
    """All points that are twice as far from $(0,0)$ as from $(3,0)$ form a circle. Write its equation as
    $(x-a)^2+(y-b)^2=c$."""
    return Eq(expand(x**2 + y**2 - 4 * ((x - 3) ** 2 + y**2)), 0)


@problem(5, r"\pi+2")
def four_half_discs():
    r"""Find the area of the region of all points $(x,y)$ with $x^2+y^2\le|x|+|y|$."""
    return 4 * integrate((cos(t) + sin(t)) ** 2 / 2, (t, 0, pi / 2))


@problem(5, r"\frac{4}{3}")
def chord_and_parabola():
    """A chord of the parabola $y=x^2$ has endpoints whose $x$-coordinates differ by 2. What is the area
    between the chord and the parabola?"""
    start, other = symbols("start other", real=True)
    chord = start**2 + (other - start) * ((start + 2) ** 2 - start**2) / 2
    return expand(integrate(chord - other**2, (other, start, start + 2)))
