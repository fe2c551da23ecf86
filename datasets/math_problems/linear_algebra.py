"""Vectors, matrices, determinants, eigenvalues and geometry in space."""

from itertools import product

from sympy import Eq, Line3D, Matrix, Plane, Point3D, Rational, acos, eye, ones, simplify, solve, symbols

from .problem import Subject

SUBJECT = Subject("Linear Algebra")
problem = SUBJECT.problem

x, y, z, k, n, t = symbols("x y z k n t")


@problem(3, "2")
def small_determinant():
    r"""Compute the determinant of $\begin{pmatrix}3&1\\4&2\end{pmatrix}$."""
    return Matrix([[3, 1], [4, 2]]).det()


@problem(3, r"\begin{pmatrix}4&1\\10&3\end{pmatrix}")
def matrix_product():
    r"""Multiply $\begin{pmatrix}1&2\\3&4\end{pmatrix}\begin{pmatrix}2&1\\1&0\end{pmatrix}$."""
    return Matrix([[1, 2], [3, 4]]) * Matrix([[2, 1], [1, 0]])


@problem(3, r"\begin{pmatrix}3&-1\\-5&2\end{pmatrix}")
def inverse_matrix():
    r"""Find the inverse of the matrix $\begin{pmatrix}2&1\\5&3\end{pmatrix}$."""
    return Matrix([[2, 1], [5, 3]]).inv()


@problem(3, "12")
def dot_product():
    """What is the dot product of the vectors $(1,2,3)$ and $(4,-5,6)$?"""
    return Matrix([1, 2, 3]).dot(Matrix([4, -5, 6]))


@problem(3, "7")
def length_of_a_vector():
    """How long is the vector $(2,-3,6)$?"""
    return Matrix([2, -3, 6]).norm()


@problem(3, "6")
def singular_matrix():
    r"""For which $k$ does $\begin{pmatrix}1&2\\3&k\end{pmatrix}$ have no inverse?"""
    [value] = solve(Matrix([[1, 2], [3, k]]).det(), k)
    return value


@problem(3, r"\begin{pmatrix}2&-5\\5&-2\end{pmatrix}")
def transpose_and_difference():
    r"""Let $A=\begin{pmatrix}1&0\\2&3\end{pmatrix}$ and $B=\begin{pmatrix}0&-1\\5&8\end{pmatrix}$. Compute
    $2A-B^T$, where $B^T$ is the transpose of $B$."""
    return 2 * Matrix([[1, 0], [2, 3]]) - Matrix([[0, -1], [5, 8]]).T


@problem(3, "(3, 2)")
def coordinates_in_a_basis():
    """Find the pair $(p,q)$ with $p(1,1)+q(1,-1)=(5,1)$."""
    return tuple(Matrix([[1, 1], [1, -1]]).solve(Matrix([5, 1])))


@problem(3, r"\begin{pmatrix}0&-1\\1&0\end{pmatrix}")
def rotation_matrix():
    r"""Write down the 2-by-2 matrix of the rotation of the plane by $90^\circ$ counterclockwise about the
    origin."""
    return Matrix.hstack(Matrix([0, 1]), Matrix([-1, 0]))  # the images of the two unit vectors


@problem(4, "(-2, 7, -4)")
def cross_product():
    r"""Compute the cross product $(1,2,3)\times(2,0,-1)$."""
    return tuple(Matrix([1, 2, 3]).cross(Matrix([2, 0, -1])))


@problem(4, "-15")
def three_by_three():
    r"""Evaluate the determinant of $\begin{pmatrix}2&0&1\\1&3&-1\\4&1&-1\end{pmatrix}$."""
    return Matrix([[2, 0, 1], [1, 3, -1], [4, 1, -1]]).det()


@problem(4, r"\{2,5\}")
def eigenvalues():
    r"""Give the set of eigenvalues of $\begin{pmatrix}4&1\\2&3\end{pmatrix}$."""
    return set(Matrix([[4, 1], [2, 3]]).eigenvals())


@problem(4, "2")
def rank():
    r"""What is the rank of the matrix $\begin{pmatrix}1&2&3\\4&5&6\\7&8&9\end{pmatrix}$?"""
    return Matrix(3, 3, range(1, 10)).rank()


@problem(4, r"\begin{pmatrix}1&10\\0&1\end{pmatrix}")
def tenth_power():
    r"""Let $M=\begin{pmatrix}1&1\\0&1\end{pmatrix}$. Find $M^{10}$."""
    return Matrix([[1, 1], [0, 1]]) ** 10


@problem(4, r"\frac{\pi}{3}")
def angle_between_vectors():
    """What is the angle, in radians, between the vectors $(1,0,1)$ and $(0,1,1)$?"""
    u, v = Matrix([1, 0, 1]), Matrix([0, 1, 1])
    return acos(u.dot(v) / (u.norm() * v.norm()))


@problem(4, r"\{-1,2\}")
def singular_for_two_values():
    """Find the set of all real $k$ for which the vectors $(k,1)$ and $(2,k-1)$ are parallel."""
    return set(solve(Matrix([[k, 1], [2, k - 1]]).det(), k))


@problem(4, "x^2-5x-2")
def characteristic_polynomial():
    r"""Find the characteristic polynomial $\det(xI-A)$ of $A=\begin{pmatrix}1&2\\3&4\end{pmatrix}$."""
    return Matrix([[1, 2], [3, 4]]).charpoly(x).as_expr()


@problem(4, r"\left(\frac{7}{2},\frac{7}{2}\right)")
def projection():
    """Find the orthogonal projection of the vector $(3,4)$ onto the line spanned by $(1,1)$."""
    return tuple(Matrix([3, 4]).project(Matrix([1, 1])))


@problem(4, "9")
def parallelepiped():
    """What is the volume of the parallelepiped spanned by $(1,2,0)$, $(0,1,4)$ and $(1,1,5)$?"""
    return abs(Matrix([[1, 2, 0], [0, 1, 4], [1, 1, 5]]).det())


@problem(4, r"\frac{7}{2}")
def triangle_in_space():
    """Three points on the axes of space, $(1,0,0)$, $(0,2,0)$ and $(0,0,3)$, are joined to a triangle. What
    is its area?"""
    a, b, c = Matrix([1, 0, 0]), Matrix([0, 2, 0]), Matrix([0, 0, 3])
    return (b - a).cross(c - a).norm() / 2


@problem(4, "242")
def trace_of_a_power():
    r"""Let $A=\begin{pmatrix}1&2\\2&1\end{pmatrix}$. What is the trace of $A^5$?"""
    return (Matrix([[1, 2], [2, 1]]) ** 5).trace()


@problem(4, "12")
def vandermonde():
    """Compute the determinant of the 4-by-4 matrix whose $i$-th row is $(1,i,i^2,i^3)$ for $i=1,2,3,4$."""
    return Matrix(4, 4, lambda i, j: (i + 1) ** j).det()


@problem(4, "6x+3y+2z=6")
def plane_through_points():
    """Find the equation $ax+by+cz=6$ of the plane through $(1,0,0)$, $(0,2,0)$ and $(0,0,3)$."""
    return Eq(Plane(Point3D(1, 0, 0), Point3D(0, 2, 0), Point3D(0, 0, 3)).equation(x, y, z), 0)


@problem(4, "3")
def distance_to_a_plane():
    """How far is the point $(1,2,3)$ from the plane $2x-y+2z=15$?"""
    return Plane(Point3D(0, -15, 0), normal_vector=(2, -1, 2)).distance(Point3D(1, 2, 3))


@problem(4, "(3, 3, 3)")
def line_meets_plane():
    r"""The line through $(1,2,1)$ and $(2,\frac52,2)$ meets the plane $x+y+z=9$ in which point?"""
    [point] = Plane(Point3D(9, 0, 0), normal_vector=(1, 1, 1)).intersection(
        Line3D(Point3D(1, 2, 1), Point3D(2, Rational(5, 2), 2))
    )
    return tuple(point.args)


@problem(4, "2")
def dimension_of_solutions():
    """What is the dimension of the space of real solutions $(p,q,r,s)$ of $p+q+r+s=0$ and $p-q+r-s=0$?"""
    return len(Matrix([[1, 1, 1, 1], [1, -1, 1, -1]]).nullspace())


@problem(4, r"\left(\frac{5}{6},\frac{1}{6}\right)")
def weather_in_the_long_run():
    r"""After a sunny day the next one is sunny with probability $\frac{9}{10}$, otherwise rainy. After a
    rainy day sun and rain are equally likely. Find the pair of the long-run shares of sunny and rainy
    days."""
    step = Matrix([[Rational(9, 10), Rational(1, 2)], [Rational(1, 10), Rational(1, 2)]])
    [direction] = (step - eye(2)).nullspace()
    return tuple(direction / sum(direction))


@problem(5, "11")
def tridiagonal():
    """A 10-by-10 matrix has the entry 2 everywhere on the diagonal, $-1$ directly above and below it, and 0
    elsewhere. What is its determinant?"""
    return Matrix(10, 10, lambda i, j: 2 if i == j else -1 if abs(i - j) == 1 else 0).det()


@problem(5, "8")
def ones_plus_identity():
    """The entries of a 7-by-7 matrix are 2 on the diagonal and 1 elsewhere. Find its determinant."""
    return (ones(7, 7) + eye(7)).det()


@problem(5, "1")
def matrix_of_minima():
    r"""The 6-by-6 matrix $(m_{ij})$ has $m_{ij}=\min(i,j)$. Evaluate its determinant."""
    return Matrix(6, 6, lambda i, j: min(i, j) + 1).det()


@problem(5, "48")
def invertible_modulo_three():
    """How many 2-by-2 matrices with entries 0, 1, 2 have a determinant that is not divisible by 3?"""
    return sum((a * d - b * c) % 3 != 0 for a, b, c, d in product(range(3), repeat=4))


@problem(5, r"\frac{3^n+1}{2}")
def entry_of_a_power():
    r"""Let $A=\begin{pmatrix}2&1\\1&2\end{pmatrix}$. Express the entry of $A^n$ in the first row and first
    column in terms of the positive integer $n$."""
    transformation, diagonal = Matrix([[2, 1], [1, 2]]).diagonalize()
    power = transformation * diagonal.applyfunc(lambda v: v**n if v else v) * transformation.inv()
    return simplify(power[0, 0])


@problem(5, "4")
def nilpotent_modulo_two():
    """How many of the 16 matrices with 2 rows, 2 columns and entries 0 or 1 have an even entry everywhere in
    some positive power?"""
    matrices = [Matrix(2, 2, entries) for entries in product(range(2), repeat=4)]
    return sum(all(entry % 2 == 0 for entry in matrix**2) for matrix in matrices)
