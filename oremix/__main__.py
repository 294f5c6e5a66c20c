"""`python -m oremix` is the command `oremix`."""

from oremix.cli import main

if __name__ == "__main__":
    main()
