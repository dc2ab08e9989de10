// What every shader knows of a frame. The same fields stand in src/picture/frame.rs, in the same order.

struct Frame {
    clip_from_site: array<mat4x4f, 2>,
    // Picture (x, y from -1 to 1, y up) to a direction in the site frame, not of unit length.
    ray_from_picture: array<mat4x4f, 2>,
    eye_m: array<vec4f, 2>,
    // Between the eyes; w: number of sides of the walking area.
    middle_m: vec4f,
    sun_from_site: mat4x4f,
    // Towards the sun; w: 1 where it casts shadows.
    sun: vec4f,
    // Its light; w: exposure.
    sunlight: vec4f,
    // Sky overhead; w: share of light lost to haze a metre.
    zenith: vec4f,
    // Sky at the horizon; w: street lamps' strength.
    horizon: vec4f,
    // Sky at the horizon towards the sun, added; w: headlights' strength.
    glow: vec4f,
    // Light from above on a level surface; w: share of windows that are lit.
    above: vec4f,
    // Light from below; w: halos' strength.
    below: vec4f,
    // How much of the picture is left: 1 less the veil's black; number of lamps; number of headlight pairs; rows of pixels
    // a radian.
    rest: vec4f,
    // Street lamps near the eye; w: strength.
    lamps: array<vec4f, 12>,
    // Headlights of a car, as one; w: strength.
    beams: array<vec4f, 4>,
    // Where they shine.
    beam_directions: array<vec4f, 4>,
    // Sides of the walking area, upright: unit vector into it, how far along that vector it lies from the site's origin; w:
    // how much of it is seen.
    edges: array<vec4f, 6>,
}

@group(0) @binding(0) var<uniform> frame: Frame;
