//! Squares that balance orders: each row is an order of `n` cells, and a row is used as often as any other.

use super::model::Order;

/// How many rows a kind of square has for `n` cells; 1 where nothing is balanced.
pub(super) fn rows(order: Order, n: usize) -> usize {
    match order {
        Order::Latin => n.max(1),
        Order::Williams if n % 2 == 1 && n > 1 => 2 * n,
        Order::Williams => n.max(1),
        Order::Random | Order::Fixed => 1,
    }
}

/// A row of a kind of square, its number taken modulo the rows; as written where the kind is no square.
pub(super) fn row(order: Order, n: usize, row: u64) -> Vec<usize> {
    let of = u64::try_from(rows(order, n)).unwrap_or(1);
    let row = usize::try_from(row % of).unwrap_or(0);
    match order {
        Order::Latin => shifted(&(0..n).collect::<Vec<_>>(), row),
        Order::Williams => williams(n, row),
        Order::Random | Order::Fixed => (0..n).collect(),
    }
}

/// Every place moved on by `by`, around the circle of the cells.
fn shifted(order: &[usize], by: usize) -> Vec<usize> {
    order.iter().map(|cell| (cell + by) % order.len()).collect()
}

/// Williams 1949: the first row zigzags 0, 1, n-1, 2, n-2, .., the others are shifted from it; for odd `n` each row's
/// mirror image follows it, since one square alone leaves carry-over unbalanced.
fn williams(n: usize, row: usize) -> Vec<usize> {
    let zigzag: Vec<usize> = (0..n).map(|i| if i % 2 == 1 { i.div_ceil(2) } else { (n - i / 2) % n }).collect();
    if n.is_multiple_of(2) {
        return shifted(&zigzag, row);
    }
    let mut order = shifted(&zigzag, row / 2);
    if row % 2 == 1 {
        order.reverse();
    }
    order
}
