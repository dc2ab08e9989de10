"""PROJ's answer: lines `STRING<tab>x,y,z x,y,z ..` in, per line `lat,lon x,y` per point out.

Of each point: where it lies on Earth, and where PROJ's own inverse brings that.
A string that PROJ refuses gives `refused: ..`.
"""
import sys
import warnings

warnings.simplefilter("ignore")
import pyproj
from pyproj import CRS, Transformer

pyproj.network.set_network_enabled(False)
WGS84 = CRS("+proj=longlat +datum=WGS84 +no_defs +type=crs")

for line in sys.stdin:
    string, points = line.rstrip("\n").split("\t")
    try:
        if "type=crs" not in string and "EPSG" not in string:
            string += " +type=crs"
        transformer = Transformer.from_crs(CRS(string), WGS84, always_xy=True)
        answers = []
        for point in points.split():
            x, y, z = map(float, point.split(","))
            lon, lat, _ = transformer.transform(x, y, z, errcheck=True)
            x, y, _ = transformer.transform(lon, lat, z, direction="INVERSE", errcheck=True)
            answers.append(f"{lat!r},{lon!r},{x!r},{y!r}")
        print(" ".join(answers))
    except Exception as error:
        print("refused:", " ".join(str(error).split()))
