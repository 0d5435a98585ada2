"""What the sources may not do, whoever writes to us: run what they read, start a shell, or put it into a statement."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PLACES = ("*.py", "moodstream/**/*.py", "local/**/*.py", "docs/**/*.py", "benchmarks/**/*.py")
FILES = sorted(file for place in PLACES for file in ROOT.glob(place))
STORE = [file for file in FILES if file.is_relative_to(ROOT / "moodstream" / "store")]

# What runs what it reads, or lets whoever wrote it choose what is made of it.
MODULES = {"pickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle", "pty"}
CALLS = {"eval", "exec", "compile", "__import__"}
METHODS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "yaml.load"}
# pylast's own cache is a shelf.
NAMES = {"read_pickle", "to_pickle", "enable_caching", "create_subprocess_shell", "extractall"}
KEYWORDS = {"shell": False, "allow_pickle": False}


def dangers(tree: ast.AST) -> Iterator[str]:
    """What a source does that it may not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            yield f"from {node.module}"
        elif isinstance(node, ast.Call):
            yield from _called(node)


def _called(node: ast.Call) -> Iterator[str]:
    name = ast.unparse(node.func)
    if name in CALLS | METHODS or name.rpartition(".")[2] in NAMES:
        yield name
    for keyword in node.keywords:
        allowed = KEYWORDS.get(keyword.arg or "")
        if allowed is not None and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is allowed):
            yield f"{name}({keyword.arg}=...)"


def tree(file: Path) -> ast.AST:
    return ast.parse(file.read_text(encoding="utf-8"))


def test_nothing_runs_what_it_reads() -> None:
    assert {file.name: found for file in FILES if (found := list(dangers(tree(file))))} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from shelve import open",
        "import joblib.numpy_pickle",
        "eval(text)",
        "os.system(command)",
        "subprocess.run(command, shell=True)",
        "subprocess.run(command, shell=shell)",
        "numpy.load(file, allow_pickle=True)",
        "frame = pandas.read_pickle(file)",
        "yaml.load(text)",
        "network.enable_caching(path)",
    ],
)
def test_what_would_run_it_is_seen(source: str) -> None:
    assert len(list(dangers(ast.parse(source)))) == 1


def test_what_is_harmless_is_let_be() -> None:
    source = (
        "re.compile(text); subprocess.run([a, b], shell=False); numpy.load(file, allow_pickle=False); yaml.safe_load(x)"
    )
    assert list(dangers(ast.parse(source))) == []


# --- SQL: whatever comes from outside is a parameter ---

SQL = re.compile(
    r"\b(SELECT|INSERT INTO|UPDATE|DELETE|FROM|JOIN|WHERE|BETWEEN|GROUP BY|ORDER BY|LIMIT|CREATE|ALTER|DROP|GRANT)\b"
)
# Every name that is part of a statement, each looked at: constants of ours, names of tables and columns that come from
# a table in the source, and pieces of SQL that were made of these. A new one belongs here once it is known that nothing
# of it can come from a message, a page, a program or a file.
OURS = {
    *("BY_SORTING", "CHANGED", "COLUMNS", "CORRECTIONS", "COUNTED", "COUNTED_PLAYS", "FEATURES", "FEEDBACK_A_PAGE"),
    *("MOST_PLAYED", "NEWEST", "NEWEST_MODEL", "PAGE", "PLAYLISTS_A_PAGE", "PLAYS", "RANGED[column].sql", "SECONDS"),
    *("MARKS", "ORIGIN", "SHOWN", "SONGS", "VERDICTS", "VERDICTS_A_PAGE", "begins"),
    *("kind", "kind.base", "kind.joined", "kind.moment", "kind.only", "part", "part.base", "part.kept", "piece.level"),
    *("rollup.step.sql", "rollup.table", "self", "self.columns", "self.name", "self.number", "self.table"),
    *("self.updates", "self.value", "subject", "table", "table.columns", "table.name"),
    *(
        "column",
        "columns",
        "keys",
        "name",
        "place",
        "places",
        "sql",
        "totals",
        "means",
        "moment",
        "count",
        "row_weight",
    ),
    *("asked", "beyond", "condition", "conditions", "only", "source", "statement", "where", "whose"),
    *("library_sql", "search", "order", "query.order", "query.song_id", "query.source", "query.where"),
    *("row", "rows", "song_ids"),  # so many times %s
    *("database", "rights"),  # MYSQL_DATABASE, which is a word by its pattern
}


def woven(tree: ast.AST) -> Iterator[str]:
    """The names that are put into the text of a statement, each with its attributes: `query.where`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and SQL.search(_text(node)):
            for part in node.values:
                yield from _names(part) if isinstance(part, ast.FormattedValue) else ()
        elif _is_format(node) or (isinstance(node, ast.BinOp) and SQL.search(_text(node))):
            yield from _names(node)


def _is_format(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        called = node.func.value if isinstance(node.func, ast.Attribute) else None
        for child in (called, *node.args, *(keyword.value for keyword in node.keywords)):
            yield from _names(child) if child else ()
    elif isinstance(node, ast.Name | ast.Attribute):
        yield ast.unparse(node)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _names(child)


def _text(node: ast.AST) -> str:
    parts = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant))
    return " ".join(part for part in parts if isinstance(part, str))


def test_a_statement_is_made_of_our_own_words_alone() -> None:
    made = {file: {*woven(tree(file))} for file in STORE if file.name != "mysql.py"}  # which has sentences for a person
    assert {file.name: names - OURS for file, names in made.items() if names - OURS} == {}


@pytest.mark.parametrize(
    "source",
    ["f\"SELECT 1 WHERE a = '{text}'\"", '"SELECT 1 WHERE a = %s" % text', '"DELETE FROM " + text', "S.format(text)"],
)
def test_what_is_woven_into_a_statement_is_seen(source: str) -> None:
    assert "text" in set(woven(ast.parse(source)))


def test_statements_are_made_in_the_store_alone() -> None:
    elsewhere = {
        f"{file.relative_to(ROOT)}: {ast.unparse(node.args[0])}"
        for file in FILES
        if file not in STORE and file.relative_to(ROOT).parts[0] != "benchmarks" and "audio/library" not in str(file)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"execute", "query"}
        if node.args and SQL.search(_text(node.args[0]))
    }
    assert elsewhere == {"dashboard.py: 'SELECT 1'"}
