"""Reference lines and lane borders as pyxodr has them, at its own sample points.

Arguments: the resolution in metres, and of how many samples one is told. Standard input: a map's text.
Standard output: a line for each sample told of: road, what (`line`, or `SECTION:LANE`), s as pyxodr counts it, x, y,
z of the reference line there, and how long a step is there. A lane's point lies on its outer border.
A road that pyxodr does not follow: `none`, road, and why.
"""

import sys

import numpy as np
from lxml import etree
from pyxodr.road_objects.road import Road

resolution, one_of = float(sys.argv[1]), int(sys.argv[2])


def tell(road, what, s, xy, z):
    for i in range(one_of // 2, len(xy) - 1, one_of):
        print(road, what, *(repr(float(n)) for n in (s[i], *xy[i], z[i], s[i + 1] - s[i])))


for node in etree.fromstring(sys.stdin.buffer.read()).findall("road"):
    road = Road(node, resolution)
    try:
        line = road.reference_line
        s = np.concatenate(([0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))))
        sections = [(section, lane, lane.boundary_line) for section in road.lane_sections for lane in section.lanes]
    except Exception as why:
        print("none", road.id, type(why).__name__, str(why).replace("\n", " "))
        continue
    tell(road.id, "line", s, line, road.z_coordinates)
    begin = {}
    at = 0
    for section in road.lane_sections:
        begin[section.lane_section_ordinal] = at
        at += len(section.lane_section_reference_line)
    for section, lane, border in sections:
        first = begin[section.lane_section_ordinal]
        what = f"{section.lane_section_ordinal}:{lane.id}"
        tell(road.id, what, s[first : first + len(border)], border, lane.lane_z_coords)
