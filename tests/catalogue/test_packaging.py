"""Whether the distribution holds what the code needs, and whether the README's promises can be pasted."""

import configparser
import re
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

import pytest

from catalogue.resources import shapes_folder, templates_folder

TOP_LEVEL = ("catalogue", "harvesters", "ontologies")
MAPPED = {"catalogue.templates": "templates", "catalogue.shapes": "shapes"}
DISTRIBUTION = "eucaim-catalogue"
MACHINE_PATH = re.compile(r"(?<![\w.:/~*-])/(?:" + "work|root|home|tmp|Users" + r")/\w")


@pytest.fixture(scope="module")
def root(request: pytest.FixtureRequest) -> Path:
    return request.config.rootpath


@pytest.fixture(scope="module")
def setup(root: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(root / "setup.cfg", encoding="utf-8")
    return parser


@pytest.fixture(scope="module")
def packages(setup: configparser.ConfigParser) -> list[str]:
    return setup["options"]["packages"].split()


@pytest.fixture(scope="module")
def repository(root: Path) -> list[Path]:
    """The files that are, or would be, kept in the repository."""
    git = shutil.which("git")
    if git is None or not (root / ".git").exists():
        pytest.skip("this is no git checkout")
    command = [git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True)
    found = [root / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in found if path.is_file()]


def folder(root: Path, package: str) -> Path:
    return root / MAPPED.get(package, package.replace(".", "/"))


def test_every_package_is_shipped(root: Path, packages: list[str]) -> None:
    found = {
        ".".join(path.parent.relative_to(root).parts)
        for top in TOP_LEVEL
        for path in (root / top).rglob("*.py")
    }
    assert set(packages) == found | set(MAPPED)
    assert packages == sorted(packages)


def test_no_folder_of_code_lacks_its_init(root: Path, packages: list[str]) -> None:
    bare = {one for one in packages if not (folder(root, one) / "__init__.py").exists()}
    # Alembic loads the versions as files.
    assert bare <= {*MAPPED, "catalogue.ledger.migrations.versions"}


def test_templates_and_shapes_travel_inside_the_package(root: Path, setup: configparser.ConfigParser) -> None:
    lines = setup["options"]["package_dir"].strip().splitlines()
    mapped = dict(line.split(" = ") for line in lines)
    assert mapped == {"catalogue": "catalogue", **MAPPED}
    assert templates_folder() == root / "templates"
    assert shapes_folder() == root / "shapes"


def test_every_file_that_is_no_code_is_shipped_with_its_package(
    root: Path, setup: configparser.ConfigParser, packages: list[str]
) -> None:
    patterns = setup["options.package_data"]
    shipped = {
        path
        for package, listed in patterns.items()
        for pattern in listed.split()
        for path in folder(root, package).glob(pattern)
    }
    present = {
        path
        for package in packages
        for path in folder(root, package).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc") and path.name != "README.md"
    }
    assert shipped == present
    assert present


def test_no_pattern_of_package_data_matches_nothing(root: Path, setup: configparser.ConfigParser) -> None:
    for package, listed in setup["options.package_data"].items():
        for pattern in listed.split():
            assert list(folder(root, package).glob(pattern)), f"{package}: {pattern}"


def test_the_readme_holds_two_commands_of_one_line(root: Path) -> None:
    readme = (root / "README.md").read_text("utf-8")
    for title, last_word in (("Run it", "catalogue demo"), ("Test it", "-m pytest")):
        (section,) = re.findall(rf"(?ms)^## {title}\n(.*?)^## ", readme)
        ((command,),) = (block.splitlines() for block in re.findall(r"(?ms)^```sh\n(.*?)^```", section))
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
        assert command.endswith(last_word)


def test_no_other_project_owns_our_packages() -> None:
    """PyPI has distributions that install ``catalogue`` (spaCy needs one) and ``harvesters``."""
    try:
        metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        pytest.skip(f"{DISTRIBUTION} is not installed; this is a bare checkout")
    owners = metadata.packages_distributions()
    for name in TOP_LEVEL:
        assert set(owners.get(name, ())) == {DISTRIBUTION}, name
    installed = {found.name.lower() for found in metadata.distributions()}
    assert not installed & {"catalogue", "harvesters", "ontologies"}


def test_no_requirement_is_one_of_those_projects(setup: configparser.ConfigParser) -> None:
    extras = setup["options.extras_require"].values()
    lines = "\n".join((setup["options"]["install_requires"], *extras)).split()
    names = {re.split(r"[\[<>=!~;]", line)[0].lower() for line in lines}
    assert not names & {"catalogue", "harvesters", "ontologies", "spacy"}


def test_no_file_names_a_place_on_somebody_s_machine(root: Path, repository: list[Path]) -> None:
    assert len(repository) > 100
    found = []
    for path in repository:
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1):
            if MACHINE_PATH.search(line):
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()[:100]}")
    assert not found, "\n".join(found)


def test_what_is_built_or_cached_is_not_kept(root: Path, repository: list[Path]) -> None:
    names = {part for path in repository for part in path.relative_to(root).parts}
    assert not names & {"__pycache__", "build", "dist", ".venv", ".tox", ".hypothesis", "catalogue-data"}
    assert not [name for name in names if name.endswith((".pyc", ".egg-info", ".sqlite"))]
