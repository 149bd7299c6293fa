"""Where the templates and shapes lie: inside the installed package, or beside it in a checkout."""

from pathlib import Path


def templates_folder() -> Path:
    return _folder("templates")


def shapes_folder() -> Path:
    return _folder("shapes")


def _folder(name: str) -> Path:
    """``importlib.resources`` fails on mapped packages in an editable install, hence by hand."""
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else Path(__file__).parent.parent / name
