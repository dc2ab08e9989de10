// What lies over the scene: soft shade below things, halos, the walking area's edge, the veil.

struct Patch {
    @location(1) middle_m: vec4f,
    // Half its width and height as directions in the site frame; w: halos: how far they reach at least.
    @location(2) right_m: vec4f,
    @location(3) up_m: vec4f,
    // Colour; w: strength.
    @location(4) colour: vec4f,
}

struct Spot {
    @builtin(position) clip: vec4f,
    // From the middle, metres.
    @location(0) at_m: vec2f,
    @location(1) @interpolate(flat) half_m: vec2f,
    @location(2) @interpolate(flat) reach_m: f32,
    @location(3) @interpolate(flat) colour: vec4f,
}

// A quad of two triangles around the patch, larger by `reach`.
fn spot(view: u32, corner: vec2f, patch_: Patch, reach: f32, lift: vec3f) -> Spot {
    let half = vec2f(length(patch_.right_m.xyz), length(patch_.up_m.xyz));
    let at = corner * (half + reach);
    let site_m = patch_.middle_m.xyz + lift + patch_.right_m.xyz / half.x * at.x + patch_.up_m.xyz / half.y * at.y;
    return Spot(frame.clip_from_site[view] * vec4f(site_m, 1.0), at, half, reach, patch_.colour);
}

// Distance to the patch's rectangle; 0 inside.
fn outside(at_m: vec2f, half_m: vec2f) -> f32 {
    return length(max(abs(at_m) - half_m, vec2f(0.0)));
}

// Soft shade on the ground below a car or a person: less sky reaches it.
@vertex
fn shade_corner(which: Which, @location(0) corner: vec2f, patch_: Patch) -> Spot {
    return spot(view_of(which), corner, patch_, patch_.right_m.w, vec3f(0.0, 0.0, 0.02));
}

@fragment
fn shade_colour(in: Spot) -> @location(0) vec4f {
    let edge = in.half_m - in.reach_m * 0.3;
    let d = outside(in.at_m, edge) / (in.reach_m * 1.3);
    let dark = in.colour.w * pow(max(1.0 - d, 0.0), 2.0);
    return vec4f(vec3f(1.0 - dark), 1.0);
}

// A halo, as a bright light makes it in the eye: grows with distance, so that its angle stays.
@vertex
fn halo_corner(which: Which, @location(0) corner: vec2f, patch_: Patch) -> Spot {
    let to_eye = frame.eye_m[view_of(which)].xyz - patch_.middle_m.xyz;
    let far_m = length(to_eye);
    let reach = patch_.right_m.w + 0.008 * far_m;
    var out = spot(view_of(which), corner, patch_, reach, to_eye / far_m * min(0.05 + 0.002 * far_m, far_m * 0.5));
    // Seen from behind there is none.
    let facing = dot(normalize(cross(patch_.right_m.xyz, patch_.up_m.xyz)), to_eye / far_m);
    out.colour.w *= smoothstep(0.0, 0.4, facing);
    return out;
}

@fragment
fn halo_colour(in: Spot) -> @location(0) vec4f {
    let d = min(outside(in.at_m, in.half_m) / in.reach_m, 1.0);
    let fall = (1.0 - d) * (1.0 - d);
    return vec4f(in.colour.rgb * in.colour.w * fall * fall, 1.0);
}

@vertex
fn veil_corner(which: Which, @location(0) corner: vec2f) -> Wide {
    return wide(view_of(which), corner);
}

// The sides of the walking area: upright grids where they are in the room, around where the head is nearest to them.
@fragment
fn edge_colour(in: Wide) -> @location(0) vec4f {
    let ray = normalize(in.ray);
    let spread = fwidth(ray);
    let pixel = max(max(spread.x, max(spread.y, spread.z)), 1e-4);
    let eye = frame.eye_m[in.view].xyz;
    let head = frame.middle_m.xyz;
    var clear = 1.0;
    for (var i = 0u; i < u32(frame.middle_m.w); i++) {
        let edge = frame.edges[i];
        let towards = dot(edge.xy, ray.xy);
        let slant = max(abs(towards), 1e-3);
        let far = (edge.z - dot(edge.xy, eye.xy)) * select(-1.0, 1.0, towards >= 0.0) / slant;
        if far <= 0.0 {
            continue;
        }
        let at = eye + ray * far;
        let along = vec2f(-edge.y, edge.x);
        let aside = dot(at.xy, along);
        // A pixel covers more of what it sees from the side.
        let bars = lines(aside, 0.25, 0.01, pixel * far / max(slant, 0.05));
        let rungs = lines(at.z, 0.25, 0.01, pixel * far);
        let away = length(vec2f(aside - dot(head.xy, along), 0.5 * (at.z - head.z)));
        let there = step(0.0, at.z) * (1.0 - smoothstep(1.0, 2.5, away));
        clear *= 1.0 - max(bars, rungs) * there * edge.w * 0.9;
    }
    return vec4f(vec3f(0.25, 0.75, 1.0), 1.0 - clear);
}

// The veil: what is left of the picture; and alpha is 1 again everywhere.
@fragment
fn veil_colour(in: Wide) -> @location(0) vec4f {
    return vec4f(vec3f(frame.rest.x), 1.0);
}
