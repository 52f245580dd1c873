"""`python -m boya` is `boya`."""

from boya.cli import main

main()
