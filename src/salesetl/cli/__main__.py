"""`python -m salesetl.cli` is `salesetl`."""

from salesetl.cli import main

main()
