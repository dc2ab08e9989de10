// What things are made of. The numbers are those of src/models/surface.rs; a test holds the two together.

const ASPHALT: u32 = 0u;
const MARKING: u32 = 1u;
const KERB: u32 = 2u;
const PAVEMENT: u32 = 3u;
const GRASS: u32 = 4u;
const PLASTER: u32 = 5u;
const BRICK: u32 = 6u;
const WINDOW: u32 = 7u;
const ROOF: u32 = 8u;
const BARK: u32 = 9u;
const LEAVES: u32 = 10u;
const METAL: u32 = 11u;
const LAMP_GLASS: u32 = 12u;
const PAINT: u32 = 13u;
const TYRE: u32 = 14u;
const RIM: u32 = 15u;
const CAR_GLASS: u32 = 16u;
const PLASTIC: u32 = 17u;
const LIGHT_BAR: u32 = 18u;
const BRAKE_LIGHT: u32 = 19u;
const HEADLIGHT: u32 = 20u;
const SKIN: u32 = 21u;
const CLOTH: u32 = 22u;
const HAIR: u32 = 23u;
const MARK: u32 = 24u;
const WOOD: u32 = 25u;
const YELLOW_MARKING: u32 = 26u;

// What a point of a surface does with light.
struct Stuff {
    // Share of light given back, in all directions.
    albedo: vec3f,
    // Share mirrored straight on; 0 for dull stuff.
    mirror: f32,
    // How narrow the sun's reflection is.
    gloss: f32,
}

// A number from 0 to 1 for a whole place: the same on every device.
fn chance(place: vec2i) -> f32 {
    let p = bitcast<vec2u>(place);
    var h = (p.x * 0x8da6b343u) ^ (p.y * 0xd8163841u);
    h = (h ^ (h >> 15u)) * 0x2c1b3c6du;
    h = (h ^ (h >> 12u)) * 0x297a2d39u;
    h = h ^ (h >> 15u);
    return f32(h >> 8u) / 16777216.0;
}

// How much of a detail of this size is left in a pixel of that size: nothing of what could only flicker.
fn kept(size_m: f32, pixel_m: f32) -> f32 {
    return 1.0 - smoothstep(0.3, 0.9, pixel_m / size_m);
}

// Smooth noise from -1 to 1 with details of a size, gone where pixels are larger.
fn noise(at_m: vec2f, size_m: f32, pixel_m: f32) -> f32 {
    let left = kept(size_m, pixel_m);
    if left <= 0.0 {
        return 0.0;
    }
    let p = at_m / size_m;
    let cell = floor(p);
    let f = p - cell;
    let s = f * f * (3.0 - 2.0 * f);
    let c = vec2i(cell);
    let low = mix(chance(c), chance(c + vec2i(1, 0)), s.x);
    let high = mix(chance(c + vec2i(0, 1)), chance(c + vec2i(1, 1)), s.x);
    return (mix(low, high, s.y) * 2.0 - 1.0) * left;
}

// Share of a pixel around `at` that lines of a width cover which come every `every`: exact for a box of that pixel's
// size, so that lines fade into their mean instead of flickering.
fn lines(at: f32, every: f32, wide: f32, pixel: f32) -> f32 {
    let share = wide / every;
    let half = 0.5 * max(pixel, 1e-5) / every;
    let a = at / every - half;
    let b = at / every + half;
    let below_a = floor(a) * share + min(fract(a), share);
    let below_b = floor(b) * share + min(fract(b), share);
    return clamp((below_b - below_a) / (b - a), 0.0, 1.0);
}

// Stones in courses, every second one shifted by half: x, y which stone; z its share of joint.
fn courses(uv: vec2f, stone: vec2f, joint: f32, pixel: vec2f) -> vec3f {
    let row = floor(uv.y / stone.y);
    let along = uv.x + 0.5 * stone.x * (row - 2.0 * floor(row * 0.5));
    // Between the rows the shift jumps; where rows are no longer seen the upright joints have faded too.
    let upright = lines(along, stone.x, joint, pixel.x);
    let level = lines(uv.y, stone.y, joint, pixel.y);
    return vec3f(floor(along / stone.x), row, 1.0 - (1.0 - upright) * (1.0 - level));
}

// A tint from -1 to 1 for each stone.
fn tint(stone: vec2f, size_m: f32, pixel_m: f32) -> f32 {
    return (chance(vec2i(stone)) * 2.0 - 1.0) * kept(size_m, pixel_m);
}

fn ground_stuff(surface: u32, uv: vec2f, pixel: vec2f, p: f32) -> Stuff {
    let patches = 0.5 * noise(uv, 1.7, p) + 0.5 * noise(uv + 31.0, 6.3, p);
    switch surface {
        case YELLOW_MARKING: {
            let worn = noise(uv, 0.02, p) * 0.06 + noise(uv, 0.3, p) * 0.05;
            return Stuff(vec3f(0.60, 0.36, 0.035) * (1.0 + worn), 0.0, 0.0);
        }
        case MARKING: {
            let worn = noise(uv, 0.02, p) * 0.06 + noise(uv, 0.3, p) * 0.05;
            return Stuff(vec3f(0.66, 0.66, 0.63) * (1.0 + worn), 0.0, 0.0);
        }
        case KERB: {
            let joint = lines(uv.x, 1.0, 0.012, pixel.x);
            let grain = noise(uv, 0.012, p) * 0.10 + 0.06 * patches;
            return Stuff(mix(vec3f(0.31, 0.305, 0.29) * (1.0 + grain), vec3f(0.12), joint), 0.0, 0.0);
        }
        case PAVEMENT: {
            let slab = courses(uv, vec2f(0.6, 0.4), 0.008, pixel);
            let grain = tint(slab.xy, 0.4, p) * 0.09 + noise(uv, 0.015, p) * 0.07 + 0.10 * patches;
            return Stuff(mix(vec3f(0.235, 0.225, 0.212) * (1.0 + grain), vec3f(0.09), slab.z), 0.0, 0.0);
        }
        case GRASS: {
            let blades = noise(uv * vec2f(1.0, 1.6), 0.02, p) * 0.35 + noise(uv, 0.11, p) * 0.22;
            let shade = 1.0 + blades + 0.25 * patches;
            return Stuff(mix(vec3f(0.060, 0.105, 0.026), vec3f(0.11, 0.12, 0.04), 0.5 + 0.5 * patches) * shade, 0.0, 0.0);
        }
        case MARK: {
            return Stuff(vec3f(0.62, 0.44, 0.03) * (1.0 + 0.06 * noise(uv, 0.02, p)), 0.0, 0.0);
        }
        default: {
            let stones = noise(uv, 0.008, p) * 0.30 + noise(uv * 1.03 + 7.0, 0.019, p) * 0.16 + noise(uv + 7.0, 0.06, p) * 0.05;
            let shade = 1.0 + stones + 0.12 * patches;
            return Stuff(vec3f(0.078, 0.079, 0.082) * shade, 0.0, 0.0);
        }
    }
}

fn wall_stuff(surface: u32, uv: vec2f, pixel: vec2f, p: f32) -> Stuff {
    switch surface {
        case BRICK: {
            let brick = courses(uv, vec2f(0.25, 0.083), 0.011, pixel);
            let tone = tint(brick.xy, 0.083, p) * 0.22 + noise(uv, 0.02, p) * 0.08 + noise(uv, 2.1, p) * 0.07;
            return Stuff(mix(vec3f(0.27, 0.105, 0.065) * (1.0 + tone), vec3f(0.36, 0.33, 0.29), brick.z), 0.0, 0.0);
        }
        case ROOF: {
            let tile = courses(uv, vec2f(0.3, 0.34), 0.02, pixel);
            let tone = tint(tile.xy, 0.3, p) * 0.15 + noise(uv, 1.4, p) * 0.08;
            return Stuff(mix(vec3f(0.25, 0.085, 0.05) * (1.0 + tone), vec3f(0.07, 0.03, 0.02), tile.z), 0.0, 0.0);
        }
        case WOOD: {
            let grain = noise(uv * vec2f(1.0, 0.06), 0.012, p) * 0.22;
            let board = lines(uv.x, 0.14, 0.006, pixel.x);
            return Stuff(vec3f(0.17, 0.09, 0.045) * (1.0 + grain) * (1.0 - 0.6 * board), 0.0, 0.0);
        }
        case BARK: {
            let grain = noise(uv * vec2f(1.0, 0.25), 0.03, p) * 0.4 + noise(uv, 0.2, p) * 0.15;
            return Stuff(vec3f(0.10, 0.075, 0.055) * (1.0 + grain), 0.0, 0.0);
        }
        case LEAVES: {
            let tone = noise(uv, 0.06, p) * 0.45 + noise(uv, 0.28, p) * 0.3 + noise(uv, 1.1, p) * 0.2;
            return Stuff(vec3f(0.055, 0.115, 0.03) * (1.0 + tone), 0.0, 0.0);
        }
        case WINDOW: {
            return Stuff(vec3f(0.035, 0.04, 0.045), 0.06, 0.0);
        }
        default: {
            let tone = noise(uv, 0.008, p) * 0.05 + noise(uv, 0.6, p) * 0.03 + noise(uv, 3.7, p) * 0.05;
            return Stuff(vec3f(0.52, 0.475, 0.40) * (1.0 + tone), 0.0, 0.0);
        }
    }
}

fn thing_stuff(surface: u32, uv: vec2f, p: f32, paint: vec3f) -> Stuff {
    switch surface {
        case METAL: { return Stuff(vec3f(0.13, 0.14, 0.14), 0.06, 40.0); }
        case LAMP_GLASS: { return Stuff(vec3f(0.5), 0.04, 0.0); }
        case PAINT: { return Stuff(paint, 0.05, 300.0); }
        case TYRE: { return Stuff(vec3f(0.018) * (1.0 + 0.2 * noise(uv, 0.03, p)), 0.0, 0.0); }
        case RIM: { return Stuff(vec3f(0.34), 0.12, 60.0); }
        case CAR_GLASS: { return Stuff(vec3f(0.012, 0.014, 0.016), 0.08, 500.0); }
        case BRAKE_LIGHT: { return Stuff(vec3f(0.16, 0.006, 0.006), 0.05, 100.0); }
        // Glass before a dark lamp.
        case HEADLIGHT: { return Stuff(vec3f(0.13, 0.14, 0.155), 0.14, 300.0); }
        case SKIN: { return Stuff(vec3f(0.42, 0.25, 0.18), 0.0, 0.0); }
        case CLOTH: { return Stuff(paint * (1.0 + 0.10 * noise(uv, 0.01, p)), 0.0, 0.0); }
        case HAIR: { return Stuff(vec3f(0.035, 0.024, 0.017), 0.0, 0.0); }
        default: { return Stuff(vec3f(0.022), 0.03, 20.0); }
    }
}

// `pixel`: how much of the surface a pixel covers, metres along u and v.
fn stuff(surface: u32, uv: vec2f, pixel: vec2f, paint: vec3f) -> Stuff {
    // Seen at a slant a pixel is long and narrow; grain may stay while the narrow side can show it, within reason.
    let p = max(max(pixel.x, pixel.y) * 0.4, min(pixel.x, pixel.y));
    switch surface {
        case ASPHALT, MARKING, YELLOW_MARKING, KERB, PAVEMENT, GRASS, MARK: { return ground_stuff(surface, uv, pixel, p); }
        case PLASTER, BRICK, WINDOW, ROOF, BARK, LEAVES, WOOD: { return wall_stuff(surface, uv, pixel, p); }
        default: { return thing_stuff(surface, uv, p, paint); }
    }
}
