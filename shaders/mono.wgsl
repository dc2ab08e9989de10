// One eye. (Two eyes: stereo.wgsl. A device without multiview refuses a module that has `view_index`.)

struct Which {
    @builtin(vertex_index) corner: u32,
}

fn view_of(which: Which) -> u32 {
    return 0u;
}
