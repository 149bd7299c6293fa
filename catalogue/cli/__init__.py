"""The command line: ``catalogue COMMAND --help`` says what each command does."""

import sys

from catalogue.cli.app import app
from catalogue.cli.console import one_line
from catalogue.errors import CatalogueError
from harvesters.errors import HarvestError


def main() -> None:
    """Run a command; what went wrong is said in one line on standard error, with exit code 1."""
    try:
        app()
    except (CatalogueError, HarvestError) as error:
        print(f"catalogue: {one_line(str(error))}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:  # a full disk, a folder that cannot be written to
        where = f"{error.filename}: " if error.filename else ""
        print(f"catalogue: {one_line(where + (error.strerror or str(error)))}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
