"""Takes a world frame apart with Python's own struct, for benches/carla.rs.

Argument: the frame's file. Prints an empty line; then each line of standard input is a number of times, answered by the
seconds that they took.
"""
import struct
import sys
import time

HEADER, ACTOR = struct.Struct("<QQd6fQdf3iI"), struct.Struct("<IB15f54s")
with open(sys.argv[1], "rb") as file:
    frame = file.read()
assert (len(frame) - HEADER.size) % ACTOR.size == 0
print(flush=True)
for line in sys.stdin:
    began = time.perf_counter()
    for _ in range(int(line)):
        HEADER.unpack_from(frame)
        list(ACTOR.iter_unpack(memoryview(frame)[HEADER.size:]))
    print(repr(time.perf_counter() - began), flush=True)
