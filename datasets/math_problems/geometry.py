"""Plane and solid geometry: angles, lengths, areas and volumes."""

from itertools import product

from sympy import (
    Circle,
    Interval,
    Line,
    Matrix,
    Point,
    Polygon,
    Rational,
    Triangle,
    acos,
    cos,
    deg,
    integrate,
    maximum,
    pi,
    sin,
    solve,
    sqrt,
    symbols,
)

from .answers import Measure
from .problem import Subject

SUBJECT = Subject("Geometry")
problem = SUBJECT.problem

x, y = symbols("x y")
p = symbols("p", positive=True)


def regular_polygon(sides, radius=1):
    return [Point(radius * cos(2 * pi * i / sides), radius * sin(2 * pi * i / sides)) for i in range(sides)]


def triangle_with_sides(a, b, c):
    """A triangle ABC with BC = a, CA = b and AB = c, with A in the origin and B on the x-axis."""
    foot = Rational(b**2 + c**2 - a**2, 2 * c)
    return Triangle(Point(0, 0), Point(c, 0), Point(foot, sqrt(b**2 - foot**2)))


@problem(1, "26")
def garden_fence():
    """A rectangular garden is 8 metres long and 5 metres wide. How many metres of fence go around it?"""
    return Polygon((0, 0), (8, 0), (8, 5), (0, 5)).perimeter


@problem(1, r"49\text{ cm}^2")
def area_from_perimeter():
    """The perimeter of a square is 28 cm. What is its area, in square centimetres?"""
    [side] = solve(4 * x - 28, x)
    return Measure(side**2, "cm^2")


@problem(1, "65")
def third_angle():
    """Two angles of a triangle measure 40 and 75 degrees. How many degrees does the third one measure?"""
    return 180 - 40 - 75


@problem(1, "12")
def edges_of_a_cube():
    """How many edges does a cube have?"""
    corners = list(product([0, 1], repeat=3))
    return sum(sum(a != b for a, b in zip(u, v, strict=True)) == 1 for u in corners for v in corners if u < v)


@problem(1, "60")
def box_volume():
    """A box is 3 cm wide, 4 cm deep and 5 cm high. How many cubes with an edge of 1 cm fill it?"""
    return len(list(product(range(3), range(4), range(5))))


@problem(1, "24")
def l_shaped_room():
    """From a rectangular sheet of paper, 6 cm by 5 cm, a rectangle of 3 cm by 2 cm is cut off at one corner.
    How many square centimetres of paper are left?"""
    return Polygon((0, 0), (6, 0), (6, 3), (3, 3), (3, 5), (0, 5)).area


@problem(1, "4")
def axes_of_a_square():
    """How many lines of symmetry does a square have?"""
    corners = {0, 90, 180, 270}  # directions from the centre; a mirror at angle t takes direction a to 2t - a
    return sum({(2 * t - a) % 360 for a in corners} == corners for t in range(180))


@problem(2, "84")
def heron():
    """A triangle has sides of length 13, 14 and 15. What is its area?"""
    return abs(triangle_with_sides(13, 14, 15).area)


@problem(2, "25")
def hypotenuse():
    """The legs of a right triangle are 7 and 24 long. How long is the hypotenuse?"""
    return Point(7, 0).distance(Point(0, 24))


@problem(2, r"16\pi")
def circle_from_circumference():
    r"""A circle has circumference $8\pi$. Find its area in terms of $\pi$."""
    [radius] = solve(2 * pi * x - 8 * pi, x)
    return pi * radius**2


@problem(2, "140")
def angle_of_a_nonagon():
    """How many degrees does each interior angle of a regular polygon with nine sides have?"""
    return 180 - Rational(360, 9)


@problem(2, r"\frac{24}{5}")
def altitude_to_the_hypotenuse():
    """A right triangle has legs 6 and 8. How long is its altitude to the hypotenuse?"""
    triangle = Triangle(Point(0, 0), Point(6, 0), Point(0, 8))
    return triangle.altitudes[triangle.vertices[0]].length


@problem(2, r"9\sqrt{3}")
def equilateral_area():
    """What is the area of an equilateral triangle with side 6?"""
    return abs(triangle_with_sides(6, 6, 6).area)


@problem(2, r"45\pi")
def cylinder():
    r"""A cylinder has a base of radius 3 and height 5. Give its volume in terms of $\pi$."""
    return integrate(pi * 3**2, (x, 0, 5))


@problem(2, "94")
def surface_of_a_box():
    """A brick has the edges 3, 4 and 5. What is its total surface area?"""
    return sum(2 * a * b for a, b in [(3, 4), (4, 5), (5, 3)])


@problem(2, "7.5")
def length_of_a_shadow():
    """A post of 1.6 metres throws a shadow of 2 metres on level ground. At the same moment a tree of 6 metres
    throws a shadow. How many metres long is it?"""
    return 6 * 2 / Rational("1.6")


@problem(2, "35")
def diagonals_of_a_decagon():
    """How many diagonals does a convex polygon with ten sides have?"""
    return sum((j - i) % 10 not in (1, 9) for i in range(10) for j in range(i + 1, 10))


@problem(2, "72")
def isosceles_base_angle():
    """In an isosceles triangle each base angle is twice as large as the angle at the apex. How many degrees
    does a base angle have?"""
    [apex] = solve(x + 2 * 2 * x - 180, x)
    return 2 * apex


@problem(2, r"5\sqrt{2}")
def diagonal_of_a_square():
    """What is the length of a diagonal of a square whose area is 25?"""
    side = sqrt(25)
    return Point(0, 0).distance(Point(side, side))


@problem(3, r"\frac{9\pi}{2}-9")
def segment_of_a_circle():
    r"""In a circle of radius $3\sqrt2$ a chord cuts off the segment that belongs to a central angle of 90
    degrees. What is the area of this smaller segment?"""
    radius = 3 * sqrt(2)
    return integrate(sqrt(radius**2 - p**2) - 3, (p, -3, 3))


@problem(3, "4")
def inradius():
    """Find the radius of the circle inscribed in the triangle with sides 13, 14 and 15."""
    return triangle_with_sides(13, 14, 15).inradius


@problem(3, r"\frac{65}{8}")
def circumradius():
    """A triangle has the side lengths 13, 14, 15. What is the radius of the circle through its corners?"""
    return triangle_with_sides(13, 14, 15).circumradius


@problem(3, "24")
def rhombus():
    """A rhombus has sides of length 5 and one diagonal of length 6. Find its area."""
    [half] = solve(3**2 + p**2 - 5**2, p)
    return Polygon((3, 0), (0, half), (-3, 0), (0, -half)).area


@problem(3, r"12\pi")
def cone():
    r"""A cone has slant height 5 and base radius 3. What is its volume in terms of $\pi$?"""
    height = sqrt(5**2 - 3**2)
    return integrate(pi * (3 * (1 - p / height)) ** 2, (p, 0, height))


@problem(3, "8")
def intersecting_chords():
    """Two chords $AB$ and $CD$ of a circle meet in $P$, with $AP=6$, $PB=4$ and $CP=3$. How long is $PD$?"""
    p, c = Point(0, 0), Point(0, -3)  # the angle between the chords does not matter
    circle = Circle(Point(-6, 0), Point(4, 0), c)
    [d] = set(circle.intersection(Line(p, c))) - {c}
    return p.distance(d)


@problem(3, r"6\sqrt{3}")
def hexagon_area():
    """A regular hexagon has sides of length 2. What is its area?"""
    return Polygon(*regular_polygon(6, radius=2)).area


@problem(3, "7")
def law_of_cosines():
    r"""In triangle $ABC$, $AB=5$, $AC=8$ and the angle at $A$ is $60^\circ$. Find $BC$."""
    return Point(5, 0).distance(Point(8 * cos(pi / 3), 8 * sin(pi / 3)))


@problem(3, "27")
def volume_ratio():
    """Two similar bottles have the heights 20 cm and 30 cm. The small one holds 8 decilitres. How many
    decilitres does the large one hold?"""
    return 8 * Rational(30, 20) ** 3


@problem(3, r"3\sqrt{3}")
def space_diagonal():
    """The surface of a cube has area 54. How long is the diagonal through the inside of the cube?"""
    [edge] = solve(6 * p**2 - 54, p)
    return Point(0, 0, 0).distance(Point(edge, edge, edge))


@problem(3, "12")
def tangent_length():
    """From a point at distance 13 from the centre of a circle with radius 5, a tangent is drawn to the
    circle. How long is the tangent from this point to the point of contact?"""
    [length] = solve(p**2 + 5**2 - 13**2, p)
    return length


@problem(3, "50")
def inscribed_angle():
    """$A$, $B$, $C$ lie on a circle with centre $O$. Angle $AOB$ measures 100 degrees, and $C$ lies on the
    longer arc between $A$ and $B$. How many degrees does angle $ACB$ measure?"""
    a, b, c = (Point(cos(t), sin(t)) for t in (0, 5 * pi / 9, 3 * pi / 2))
    u, v = a - c, b - c
    return deg(acos((u.dot(v) / (u.distance(Point(0, 0)) * v.distance(Point(0, 0)))).evalf(50)))


@problem(4, r"4-\pi")
def square_minus_circles():
    """Four circles of radius 1 have their centres at the corners of a square with side 2. What is the area of
    the part of the square that lies outside all four circles?"""
    quarter = integrate(sqrt(1 - p**2), (p, 0, 1))
    return 4 - 4 * quarter


@problem(4, r"\frac{2\pi}{3}-\frac{\sqrt{3}}{2}")
def lens():
    """Two circles of radius 1 each pass through the centre of the other one. Find the area of their
    intersection."""
    return 4 * integrate(sqrt(1 - p**2), (p, Rational(1, 2), 1))


@problem(4, r"2\sqrt{7}")
def median_length():
    """In triangle $ABC$ let $AB=5$, $BC=6$, $CA=7$, and let $M$ be the midpoint of $BC$. How long is $AM$?"""
    triangle = triangle_with_sides(6, 7, 5)
    return triangle.medians[Point(0, 0)].length


@problem(4, r"\frac{24}{7}")
def angle_bisector():
    """In the right triangle with legs 6 and 8 the bisector of the right angle meets the hypotenuse in $D$.
    Find the distance of $D$ from each leg."""
    [distance] = solve(8 * (6 - p) - 6 * p, p)  # the point (p, p) on the line through (6, 0) and (0, 8)
    return distance


@problem(4, r"\frac{\sqrt{2}}{12}")
def regular_tetrahedron():
    """What is the volume of a regular tetrahedron with edges of length 1?"""
    corners = [Point(1, 1, 1), Point(1, -1, -1), Point(-1, 1, -1), Point(-1, -1, 1)]
    u, v, w = ((corner - corners[0]) / (2 * sqrt(2)) for corner in corners[1:])
    determinant = u.dot(Point(v.y * w.z - v.z * w.y, v.z * w.x - v.x * w.z, v.x * w.y - v.y * w.x))
    return abs(determinant) / 6


@problem(4, "36")
def largest_rectangle():
    """A rectangle lies inside a right triangle with legs 12 and 12, with one corner of the rectangle at the
    right angle and the opposite corner on the hypotenuse. What is the largest possible area of the
    rectangle?"""
    return maximum(p * (12 - p), p, Interval(0, 12))


@problem(4, r"\frac{3}{2}")
def sphere_in_a_cone():
    """A cone has base radius 3 and height 4. What is the radius of the sphere inside it that touches the base
    and, along a circle, the lateral surface?"""
    centre = Point(0, p)  # in a plane through the axis
    [radius] = solve(Line(Point(3, 0), Point(0, 4)).distance(centre) ** 2 - p**2, p)
    return radius


@problem(5, r"\frac{\sqrt{6}}{6}")
def diagonals_of_a_cube():
    """A cube has edges of length 1. Find the distance between the line through a space diagonal and the line
    through a diagonal of a face that does not meet this space diagonal."""
    squared = (x - (1 - y)) ** 2 + (x - y) ** 2 + x**2  # from (x, x, x) to (1 - y, y, 0)
    return sqrt(squared.subs(solve([squared.diff(x), squared.diff(y)], [x, y])))


@problem(4, "12")
def integer_triangles():
    """How many triangles with sides of integer length and perimeter 24 are there, if congruent triangles
    count as one?"""
    return sum(a + b > 24 - a - b >= b >= a for a in range(1, 24) for b in range(a, 24))


@problem(4, r"6\sqrt{10}")
def cyclic_quadrilateral():
    """A convex quadrilateral inscribed in a circle has the sides 3, 4, 5 and 6 in this order. What is its
    area?"""
    cosine = symbols("cosine")  # of the angle between 3 and 4, opposite to the angle between 5 and 6
    [value] = solve(3**2 + 4**2 - 2 * 3 * 4 * cosine - (5**2 + 6**2 + 2 * 5 * 6 * cosine), cosine)
    return Rational(3 * 4 + 5 * 6, 2) * sqrt(1 - value**2)


@problem(4, r"\frac{1+\sqrt{5}}{2}")
def pentagon_diagonal():
    """A regular pentagon has sides of length 1. How long are its diagonals?"""
    corners = regular_polygon(5)
    return corners[0].distance(corners[2]) / corners[0].distance(corners[1])


@problem(5, r"\frac{\sqrt{65}}{8}")
def two_centres():
    """Find the distance between the centre of the inscribed circle and the centre of the circumscribed circle
    of the triangle with sides 13, 14 and 15."""
    triangle = triangle_with_sides(13, 14, 15)
    return triangle.incenter.distance(triangle.circumcenter)


@problem(5, r"\sqrt{25+12\sqrt{3}}")
def point_in_an_equilateral_triangle():
    """A point inside an equilateral triangle has the distances 3, 4 and 5 from the corners. Find the side of
    the triangle."""
    square, squares = p, [9, 16, 25]
    gram = Matrix(3, 3, lambda i, j: squares[i] if i == j else (squares[i] + squares[j] - square) / 2)
    return sqrt(max(solve(gram.det(), square)))  # three vectors in a plane; the smaller root puts it outside


@problem(5, r"\frac{\sqrt{6}}{2}-1")
def ball_between_balls():
    """Four balls of radius 1 touch each other in pairs. What is the radius of the small ball in the gap
    between them that touches all four?"""
    corners = [Point(1, 1, 1), Point(1, -1, -1), Point(-1, 1, -1), Point(-1, -1, 1)]
    scale = 2 / corners[0].distance(corners[1])
    return scale * corners[0].distance(Point(0, 0, 0)) - 1


@problem(5, r"\frac{6}{23}")
def circle_between_circles():
    """Three circles with radii 1, 2 and 3 touch each other from outside in pairs. A fourth circle lies in the
    gap between them and touches all three. What is its radius?"""
    distances = [((0, 0), 1), ((3, 0), 2), ((0, 4), 3)]  # centres of a triangle with sides 3, 4 and 5
    equations = [(x - cx) ** 2 + (y - cy) ** 2 - (p + radius) ** 2 for (cx, cy), radius in distances]
    [solution] = solve(equations, [x, y, p])
    return solution[2]
