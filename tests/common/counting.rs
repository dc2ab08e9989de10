//! Counts what each thread allocates and holds. The one place in the repository with `unsafe`: a global allocator cannot do
//! without; every call goes on to the system's allocator unchanged.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, counting.
pub struct Counting;

thread_local! {
    /// Allocations of this thread so far.
    static COUNT: Cell<u64> = const { Cell::new(0) };
    /// Bytes that this thread took and has not given back; what other threads took or gave back is not in it.
    static HELD: Cell<i64> = const { Cell::new(0) };
    /// The most of it so far.
    static MOST: Cell<i64> = const { Cell::new(0) };
}

fn count() {
    COUNT.set(COUNT.get() + 1);
}

fn hold(bytes: i64) {
    HELD.set(HELD.get() + bytes);
    MOST.set(MOST.get().max(HELD.get()));
}

fn size(layout: Layout) -> i64 {
    i64::try_from(layout.size()).unwrap_or(i64::MAX)
}

// SAFETY: every method hands its arguments on to `System`, whose contract is the same; the counters are plain
// numbers of the thread's own that need neither memory nor a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        hold(size(layout));
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        hold(size(layout));
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count();
        hold(i64::try_from(new_size).unwrap_or(i64::MAX) - size(layout));
        unsafe { System.realloc(memory, layout, new_size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        hold(-size(layout));
        unsafe { System.dealloc(memory, layout) }
    }
}

/// What `work` allocates on this thread, growing included.
#[allow(dead_code)]
pub fn allocations(work: impl FnOnce()) -> u64 {
    let before = COUNT.get();
    work();
    COUNT.get() - before
}

/// The most that `work` holds at once on this thread, bytes, beyond what was held before.
#[allow(dead_code)]
pub fn most_bytes(work: impl FnOnce()) -> i64 {
    let before = HELD.get();
    MOST.set(before);
    work();
    MOST.get() - before
}
