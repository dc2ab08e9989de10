// Two eyes, drawn at once (multiview).

struct Which {
    @builtin(vertex_index) corner: u32,
    @builtin(view_index) view: u32,
}

fn view_of(which: Which) -> u32 {
    return which.view;
}
