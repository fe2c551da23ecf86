"""Which tests can't be judged from another process: read from their text, before any program runs.

Some tests have to share a process with the program. They change their own process in a way that can't be
followed, start others, or need parts of a test runner. Found here, such a test is our mistake for every
response; found while it runs, a program could choose to be unscored.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from rule_rm.sandbox.grading import files
from rule_rm.sandbox.grading.files import full_name, imported_names, root_of
from rule_rm.sandbox.grading.sharing import unshared
from rule_rm.sandbox.inside.test_files.pytest_stand_in import FIXTURES, NAMES
from rule_rm.sandbox.running.needs import MODULES_OF_SOLUTIONS
from rule_rm.sandbox.running.trees import Function, last_name

_RUNNING = (
    "_pickle",
    "bdb",
    "cloudpickle",
    "code",
    "codeop",
    "dill",
    "doctest",
    "joblib",
    "marshal",
    "pdb",
    "runpy",
    "shelve",
    "zipimport",
)
"""Modules that may run what they read, as unpickling does, or the examples in a program's docstrings."""
_RUNS = (
    "Unpickler",
    "SourceFileLoader",
    "UnsafeLoader",
    "_Unpickler",
    "_loads",
    "dictConfig",
    "fileConfig",
    "full_load",
    "parse_expr",
    "read_pickle",
    "spec_from_file_location",
    "sympify",
    "syspath_prepend",
    "unsafe_load",
)
"""Functions of other modules that do."""
_OF_MODULES = (
    "builtins.__dict__",
    "builtins.compile",
    "builtins.eval",
    "builtins.exec",
    "pandas.eval",
    "yaml.Loader",
)
"""Functions that do, under names that others have too; the builtins are guarded only by their own names."""
_PATCHED = ("delattr", "hasattr", "object", "setattr")
"""Functions that are given a module to change one name of it."""
_MEMBERS = ("classmethod", "property", "staticmethod")
_OF_PROPERTIES = ("deleter", "getter", "setter")
_STARTING = {
    "subprocess": ["Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput", "run"],
    "os": ["execv", "execve", "execvp", "fork", "popen", "posix_spawn", "spawnv", "startfile", "system"],
    "multiprocessing": ["Manager", "Pool", "Process"],
    "concurrent.futures": ["ProcessPoolExecutor"],
    "asyncio": ["create_subprocess_exec", "create_subprocess_shell"],
}
"""Functions by module that start processes."""
_CHANGING = ("putenv", "unsetenv")
"""Functions that change the environment where no other process can follow."""
_REQUESTED = ("addfinalizer", "cls", "function", "getfixturevalue", "instance", "node", "param")
"""Attributes of the fixture `request` that are supplied."""
_PATCHING = ("setattr", "setitem", "delitem", "setenv", "delenv", "chdir", "undo")
"""Methods of the fixture `monkeypatch` that are supplied."""


def obstacle(tree: ast.Module, targets: set[str]) -> str:
    """Return why a test must share a process with the program; an empty string if it need not.

    `targets` are the names that the program has to define.
    """
    return next(_obstacles(tree, targets | set(_from_solutions(tree))), "")


def _from_solutions(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in MODULES_OF_SOLUTIONS:
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (
                alias.asname or alias.name for alias in node.names if alias.name in MODULES_OF_SOLUTIONS
            )


def _obstacles(tree: ast.Module, targets: set[str]) -> Iterator[str]:
    imported = dict(imported_names(tree))
    yield from _builtins(tree, imported)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in imported:
            yield from _used(node.id, imported[node.id])
        elif isinstance(node, ast.Attribute):
            yield from _attribute(node, imported)
        elif isinstance(node, ast.Call):
            yield from _call(node, imported)
        elif isinstance(node, ast.ClassDef):
            yield from _class(node, targets)
    yield from unshared(tree, targets)
    yield from _fixtures(tree)
    if files.needs_files(tree):
        yield from files.misplaced(tree)


def _builtins(tree: ast.Module, imported: dict[str, str]) -> Iterator[str]:
    """Yield the uses of the module of builtins other than for one of its names, or to replace one."""
    allowed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            allowed.add(id(node.value))
        elif isinstance(node, ast.Call) and last_name(node.func) in _PATCHED and node.args:
            allowed.add(id(node.args[0]))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name):
            continue
        if node.id == "__builtins__" or (imported.get(node.id) == "builtins" and id(node) not in allowed):
            yield f"it uses {node.id} as a value, by which it may run what the program returns"


def _used(name: str, module: str) -> Iterator[str]:
    if module.endswith(".PropertyMock"):
        yield f"it uses {name}, which only works in its own process"
    if module.partition(".")[0] in _RUNNING or module.rpartition(".")[2] in _RUNS or module in _OF_MODULES:
        yield f"it uses {name}, which may run what the program returns"


def _attribute(node: ast.Attribute, imported: dict[str, str]) -> Iterator[str]:
    root = node.value.id if isinstance(node.value, ast.Name) else ""
    module = imported.get(root, "")
    if node.attr == "PropertyMock":
        yield f"it uses {node.attr}, which only works in its own process"
    if node.attr in _RUNS or f"{module}.{node.attr}" in _OF_MODULES:
        yield f"it uses {node.attr}, which may run what the program returns"
    if root == "monkeypatch" and node.attr not in _PATCHING:
        yield f"monkeypatch.{node.attr} needs the test runner itself"
    if root == "request" and root not in imported and node.attr not in _REQUESTED:
        yield f"request.{node.attr} needs the test runner itself"
    if module == "pytest" and node.attr not in NAMES:
        yield f"pytest.{node.attr} needs the test runner itself"


def _call(node: ast.Call, imported: dict[str, str]) -> Iterator[str]:
    name = last_name(node.func)
    if name in _CHANGING and isinstance(node.func, ast.Attribute):
        yield f"it calls {name}, which changes the process"
    module, _, last = full_name(node.func, imported).rpartition(".")
    if last in _STARTING.get(module, ()):
        yield f"it calls {name}, which starts a process"
    if any(one.arg == "allow_pickle" for one in node.keywords):
        yield "it allows pickles in files"


def _class(node: ast.ClassDef, targets: set[str]) -> Iterator[str]:
    if any(root_of(decorator) in targets for decorator in node.decorator_list):
        yield f"it hands its class {node.name} to a decorator of the program's"
    if not any(root_of(base) in targets for base in node.bases):
        return
    # Functions become methods in the program; what Python makes of others is a process's own.
    for one in node.body:
        if isinstance(one, Function) and not (_is_plain(one) and all(map(_makes_member, one.decorator_list))):
            yield f"its class {node.name} gives more than plain methods to a class of the program"


def _is_plain(function: Function) -> bool:
    return not any(isinstance(node, ast.Name) and node.id == "__class__" for node in ast.walk(function))


def _makes_member(decorator: ast.expr) -> bool:
    """Return whether a decorator makes a member of which both processes know the kind."""
    if isinstance(decorator, ast.Attribute):
        return decorator.attr in _OF_PROPERTIES
    return isinstance(decorator, ast.Name) and decorator.id in _MEMBERS


def _fixtures(tree: ast.Module) -> Iterator[str]:
    """Yield the fixtures that tests ask for and that only pytest has."""
    named = {
        node.targets[0].id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    known = {*FIXTURES, "self", "cls"}
    for node in ast.walk(tree):
        if isinstance(node, Function) and _is_fixture(node):
            known |= {node.name, *_named(node)}
    supplying = _supplying(tree)
    everywhere = _parametrized([named["pytestmark"]], named) if "pytestmark" in named else set()
    cases = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any("TestCase" in ast.unparse(base) for base in node.bases)
        for inner in node.body
    }
    by_class = {
        id(inner): _parametrized(node.decorator_list, named)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for inner in node.body
    }
    for node in ast.walk(tree):
        if not isinstance(node, Function) or not node.name.startswith("test") or id(node) in cases:
            continue
        arguments = node.args.posonlyargs + node.args.args
        own = _parametrized(node.decorator_list, named)
        if any(root_of(_resolved(one, named)) in supplying for one in node.decorator_list):
            # The judge finds out which ones.
            continue
        given = known | everywhere | own | by_class.get(id(node), set())
        for argument in arguments[: len(arguments) - len(node.args.defaults)]:
            if argument.arg not in given:
                yield f"the fixture {argument.arg!r} needs the test runner itself"


def _supplying(tree: ast.Module) -> set[str]:
    """Return the names whose decorators may supply arguments: those of mocks, and the test's own."""
    mocks = {
        name for name, module in imported_names(tree) if module.partition(".")[0] in ("mock", "unittest")
    }
    return mocks | {node.name for node in ast.walk(tree) if isinstance(node, Function)}


def _resolved(decorator: ast.expr, named: dict[str, ast.expr]) -> ast.expr:
    """Return a decorator with the value of a name in the place of the name."""
    match decorator:
        case ast.Name(id=name) if name in named:
            return named[name]
        case ast.Call(func=ast.Name(id=name) as function, args=args, keywords=keywords) if name in named:
            return ast.Call(named[function.id], args, keywords)
    return decorator


def _is_fixture(node: Function) -> bool:
    return any("fixture" in ast.unparse(one) for one in node.decorator_list)


def _named(node: Function) -> Iterator[str]:
    """Yield the name that a fixture has been given by its decorator."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            for keyword in decorator.keywords:
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    yield str(keyword.value.value)


def _parametrized(decorators: list[ast.expr], named: dict[str, ast.expr]) -> set[str]:
    """Return the names that the marks `parametrize` of a test supply."""
    names: set[str] = set()
    for one in decorators:
        decorator = _resolved(one, named)
        if isinstance(decorator, ast.List | ast.Tuple):
            names |= _parametrized(decorator.elts, named)
        if isinstance(decorator, ast.Call) and last_name(decorator.func) == "parametrize":
            first = decorator.args[:1] or [key.value for key in decorator.keywords if key.arg == "argnames"]
            try:
                given = ast.literal_eval(first[0])
            except (IndexError, ValueError):
                continue
            names |= {part.strip() for part in given.split(",")} if isinstance(given, str) else set(given)
    return names
