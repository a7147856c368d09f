"""`python -m convergences`: the same as the `convergences` command."""

from convergences.cli.main import main

if __name__ == "__main__":  # granian's processes import this module again
    main()
