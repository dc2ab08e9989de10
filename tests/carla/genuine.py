"""The genuine CARLA client (PyPI carla 0.9.16) against a server: every call a study needs, each with what must come back.

    python genuine.py HOST PORT [STEP..]     leaves these steps out, by name; needs a temporary HOME

Prints a line for each step and ends with `all N steps passed`; the first that fails ends it with status 1.
"""

import faulthandler
import os
import sys
import time
import traceback

# In the order in which their steps are taken.
from steps import world, vehicles, people, sensors, episodes
from steps.tools import S, STEPS

faulthandler.enable()
S.host, S.port = sys.argv[1], int(sys.argv[2])


def main():
    steps = [function for function in STEPS if function.__name__ not in sys.argv[3:]]
    for n, function in enumerate(steps, 1):
        began = time.perf_counter()
        try:
            function()
        except BaseException:
            traceback.print_exc()
            print(f"step {n} failed: {function.__name__}", flush=True)
            return 1
        print(f"{n:3} {function.__name__} ({1000 * (time.perf_counter() - began):.0f} ms)", flush=True)
    print(f"all {len(steps)} steps passed", flush=True)
    return 0


# The client's threads are known to crash while the interpreter ends.
status = main()
sys.stdout.flush()
sys.stderr.flush()
os._exit(status)
