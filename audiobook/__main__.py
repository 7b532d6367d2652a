"""Lets `python -m audiobook` stand for `narrate`."""

from audiobook.cli import main

if __name__ == "__main__":
    main()
