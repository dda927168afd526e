"""The house keeps its own rules: which way imports point, how large a room may grow, what docs say.

The rules stand in DESIGN in the README's words: rules and views are pure, use cases know no Slack,
listeners are thin, and nobody comes in but by the door.
"""

import ast
import json
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select

from bot.config import SETTINGS
from models import Base, ConductType
from models.base import REVISION
from models.conduct import SEEDED


ROOT = Path(__file__).parent.parent
OURS = ("bot", "models", "sandbox", "bench")
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for part in OURS
    for path in sorted((ROOT / part).rglob("*.py"))
}
ROOMS = ("clients", "incidents", "escalations", "history", "home", "delivery", "glance")

FLOORS = (
    *("home", "incidents", "history", "escalations", "clients", "delivery", "glance", "slack"),
)
"""From the top down: a room may know those below it."""


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


IMPORTS = {name: set(imports(path)) for name, path in MODULES.items()}


def inner(name: str) -> set[str]:
    """The modules of the house that a module imports."""
    return {found for found in IMPORTS[name] if found in MODULES and found != name}


def reaches(name: str, prefixes: tuple[str, ...]) -> set[str]:
    return {
        found
        for found in IMPORTS[name]
        if any(found == prefix or found.startswith(f"{prefix}.") for prefix in prefixes)
    }


def at_edge(name: str) -> bool:
    """A module that takes requests: it knows the door."""
    return "bot.slack.door" in IMPORTS[name]


def draws(name: str) -> bool:
    """A view: it uses the vocabulary, not just the name of what that returns."""
    return {"bot.slack", "bot.slack.blocks"} <= IMPORTS[name]


def in_transactions() -> list[str]:
    """The use cases, and the others that work on a session without knowing the door."""
    return [
        name
        for name, found in IMPORTS.items()
        if "sqlalchemy.orm.Session" in found and name.startswith("bot") and not at_edge(name)
    ]


def offenders(part: str, *forbidden: str, but: tuple[str, ...] = ()) -> dict[str, set[str]]:
    """The modules of a part that import what they must not, with what they import."""
    found = {
        name: reaches(name, forbidden)
        for name in MODULES
        if name.split(".")[0] == part and name not in but
    }
    return {name: reached for name, reached in found.items() if reached}


def test_models_know_nothing_of_the_bot():
    assert offenders("models", "bot", "sandbox", "slack_sdk", "slack_bolt") == {}


def test_the_stand_in_knows_nothing_of_the_bot_and_the_bot_nothing_of_it():
    assert offenders("sandbox", "bot", "models") == {}
    assert offenders("bot", "sandbox", "tests", "bench") == {}


def test_migrations_know_nothing_of_the_bot():
    for path in (ROOT / "alembic").rglob("*.py"):
        assert not [found for found in imports(path) if found.split(".")[0] == "bot"], path


def test_versions_stand_alone_without_the_models():
    for path in (ROOT / "alembic" / "versions").glob("*.py"):
        assert not [found for found in imports(path) if found.split(".")[0] == "models"], path


def test_the_models_know_which_migration_they_are_of_and_migrations_count_up():
    script = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
    revisions = [each.revision for each in script.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)
    assert script.get_heads() == [REVISION]


def test_no_package_shadows_alembic():
    assert not list((ROOT / "alembic").rglob("__init__.py"))


def test_whatever_works_in_a_transaction_knows_no_slack_call():
    slack = ("slack_sdk", "slack_bolt", "bot.slack.answers", "bot.deps")
    found = {name: reaches(name, slack) for name in in_transactions()}
    assert {name: reached for name, reached in found.items() if reached} == {}


def test_whatever_works_in_a_transaction_draws_no_view():
    # A renderer is where the two meet: it looks, and draws what it saw, at the moment of sending.
    renderers = {
        name for name, found in IMPORTS.items() if "bot.delivery.message.Renderer" in found
    }
    views = {name for name in MODULES if draws(name)}
    found = {name: inner(name) & views for name in in_transactions() if name not in renderers}
    assert {name: drawn for name, drawn in found.items() if drawn} == {}


def test_only_the_composition_root_reaches_another_rooms_edge():
    crossings = [
        (name, found)
        for name in MODULES
        if name.split(".")[0] == "bot" and name.split(".")[1:2] != ["app"]
        for found in inner(name)
        if at_edge(found) and found.split(".")[1] in ROOMS
        if name.split(".")[1] != found.split(".")[1]
    ]
    assert crossings == []


def floor(name: str) -> int | None:
    room = name.split(".")[1] if name.startswith("bot.") else ""
    return FLOORS.index(room) if room in FLOORS else None


def test_no_room_looks_up_to_a_room_above_it():
    upwards = [
        (name, found)
        for name, all_found in IMPORTS.items()
        for found in all_found
        if None not in (floor(name), floor(found)) and floor(found) < floor(name)
    ]
    assert upwards == []


def test_nobody_registers_on_bolt_but_the_door():
    assert offenders("bot", "slack_bolt.App", but=("bot.slack.door", "bot.app")) == {}


def test_the_environment_is_read_where_a_process_begins_and_nowhere_else():
    beginnings = {"bot.__main__", "bot.cli", "bot.web", "bot.demo.run"}
    reading = re.compile(r"os\.environ|getenv|load_dotenv")
    readers = {name for name, path in MODULES.items() if reading.search(path.read_text())}
    assert {name for name in readers if name.startswith(("bot", "models"))} <= beginnings


def test_imports_make_no_circle():
    seen: dict[str, int] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path[path.index(name) :], name))
        if name not in seen:
            for found in sorted(inner(name)):
                visit(found, (*path, name))
            seen[name] = 1

    for name in MODULES:
        visit(name, ())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.name}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def test_functions_stay_small():
    lengths = dict(found for path in MODULES.values() for found in functions(path))
    assert {name: length for name, length in lengths.items() if length > 40} == {}
    assert statistics.median(lengths.values()) < 8


def test_files_stay_small():
    lengths = {name: len(path.read_text().splitlines()) for name, path in MODULES.items()}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_migrations_make_exactly_the_models(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_first_kinds_of_conduct_are_the_ones_the_form_knows_before_it_is_loaded(database):
    with database.read() as session:
        kept = session.scalars(select(ConductType).order_by(ConductType.position))
        assert [(kind.code, kind.name, kind.short, kind.help) for kind in kept] == list(SEEDED)


def rows(document: str) -> list[list[str]]:
    lines = (line for line in (ROOT / document).read_text().splitlines() if line.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_readme_names_every_setting_and_no_other():
    told = {name for row in rows("README.md") for name in named(row[0]) if name.isupper()}
    assert told == {setting.name for setting in SETTINGS.values()}


def test_the_example_settings_name_every_setting_and_no_other():
    lines = (ROOT / ".env.example").read_text().splitlines()
    told = {match[1] for line in lines if (match := re.match(r"#? ?([A-Z_]+)=", line))}
    assert told == {setting.name for setting in SETTINGS.values()}


def test_the_manifest_names_every_command_and_shortcut_that_the_bot_answers():
    features = json.loads((ROOT / "manifest.json").read_text())["features"]
    source = "\n".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    for command in features["slash_commands"]:
        assert f'"{command["command"]}"' in source
    for shortcut in features["shortcuts"]:
        assert f'"{shortcut["callback_id"]}"' in source


def test_the_readme_names_every_command_that_the_manifest_installs():
    told = {cell for row in rows("README.md") for cell in named(row[0])}
    features = json.loads((ROOT / "manifest.json").read_text())["features"]
    assert {command["command"] for command in features["slash_commands"]} <= {
        cell.split()[0] for cell in told
    }


def test_the_readme_names_every_target_of_the_makefile():
    text = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE)
    told = {cell for row in rows("README.md") for cell in named(row[0])}
    assert {f"make {target}" for target in targets} <= told
