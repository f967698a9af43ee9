"""The program under test where exported tasks look for it: first on PATH.

In: the vniah binary. Out: PATH of this process, and of those that it starts.
"""

import os


def put(vniah):
    os.environ["PATH"] = os.pathsep.join([str(vniah.parent), os.environ["PATH"]])
