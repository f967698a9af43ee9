"""The command line: ``vniah`` and ``python -m vniah``."""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path

from . import _vniah


def main() -> None:
    """Run the command line on the arguments of this process, and end it with the exit code."""
    # The command line listens to interrupts itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    program = sys.argv[0]
    if Path(program).name != "vniah":
        # Under `python -m vniah`, scripts that the command line writes call the program that was installed with it.
        program = shutil.which("vniah") or "vniah"
    sys.exit(_vniah.main([program, *sys.argv[1:]]))


if __name__ == "__main__":
    main()
