"""``python -m catalogue`` is the command ``catalogue``."""

from catalogue.cli import main

main()
