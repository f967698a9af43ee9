"""The command line: ``vniah`` and ``python -m vniah``."""

from __future__ import annotations

import signal
import sys

from . import _vniah


def main() -> None:
    """Run the command line on the arguments of this process, and end it with the exit code."""
    # The command line listens to interrupts itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_vniah.main(["vniah", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
