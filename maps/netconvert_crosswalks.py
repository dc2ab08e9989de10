#!/usr/bin/env python3
"""Puts the crosswalks of an OpenDRIVE file written by SUMO's netconvert where they belong.

    python3 netconvert_crosswalks.py street.net.xml street.xodr

netconvert (1.28.0) opens a gap in the street where a crossing lies, as wide as the crossing, and then centres the
crosswalk on the end of the road beside the gap: half its width off, half on the road. A crossing in mid-block is written
twice, once for each side, and no outline is closed. In left-hand networks `t` is off as well, and nothing says that
traffic keeps to the left. The SUMO network has the crossings right. This program moves each crosswalk into its gap, closes
its outline, takes out `length` and `width` (a box that no longer fits), keeps one of two that are the same, adds
`rule="LHT"` where it is due, leaves all other text as it is, and refuses when it does not find what it knows. Needs nothing
but Python.
"""

import re
import sys
import xml.etree.ElementTree as ET

SAME_M = 1.0  # crossings whose middles are nearer than this are one


def middles(net):
    """The middle of each crossing in the SUMO network, by its id."""
    found = {}
    for edge in ET.parse(net).getroot().findall("edge[@function='crossing']"):
        points = [tuple(map(float, p.split(",")[:2])) for p in edge.find("lane").get("shape").split()]
        (ax, ay), (bx, by) = points[0], points[-1]
        found[edge.get("id")] = ((ax + bx) / 2, (ay + by) / 2)
    return found


def attribute(tag, name):
    return float(re.search(rf'\b{name}="([^"]*)"', tag).group(1))


def moved(block):
    """The text of an object with its outline closed and moved by half its length into the gap."""
    tag = re.match(r"<object\b[^>]*>", block).group(0)
    half = attribute(tag, "length") / 2
    shift = -half if attribute(tag, "s") == 0 else half
    # The box about s and t would now lie beside the outline, and s cannot leave the road: the outline alone stays.
    own = re.sub(r' (length|width)="[^"]*"', "", re.sub(r'\bt="[^"]*"', 't="0.00000000"', tag))
    block = block.replace(tag, own).replace('closed="false"', 'closed="true"')
    return re.sub(r'(<cornerLocal u=")([^"]*)"', lambda m: f'{m[1]}{float(m[2]) + shift:.8f}"', block)


def main(net, xodr):
    known, kept = middles(net), []
    with open(xodr, encoding="utf-8") as file:
        text = file.read()
    if "crosswalks moved into their gaps" in text:
        sys.exit(f"{xodr}: its crosswalks have been moved already")

    def mend(match):
        name = match[1]
        if name not in known:
            sys.exit(f"{xodr}: crosswalk `{name}` is no crossing of {net}; are the two from one run of netconvert?")
        x, y = known[name]
        for other in kept:
            if (known[other][0] - x) ** 2 + (known[other][1] - y) ** 2 < SAME_M**2:
                print(f"{name}: taken out, the same as {other}")
                return ""
        kept.append(name)
        print(f"{name}: its middle is x = {x:.2f}, y = {y:.2f}")
        return moved(match[0])

    text = re.sub(r'<object id="([^"]*)" type="crosswalk".*?</object>', mend, text, flags=re.DOTALL)
    if not kept:
        sys.exit(f"{xodr}: no crosswalk in it; see --osm.crossings in your_own_street.md")
    if ET.parse(net).getroot().get("lefthand") == "true":
        if 'lefthand-left value="true"' not in text:
            sys.exit(f"{xodr}: traffic keeps to the left; run netconvert with --opendrive-output.lefthand-left too")
        text = text.replace("<road ", '<road rule="LHT" ')
    text = text.replace("<OpenDRIVE>", "<!-- crosswalks moved into their gaps -->\n<OpenDRIVE>", 1)
    with open(xodr, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
