//! Desktop windows: the scene with mouse and keys, for designers and teaching, and the spectator's view of a headset.
