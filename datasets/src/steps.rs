//! The work of a reader, counted while it is tested. Steps are the same on every machine, however busy
//! it is, and seconds are not.

/// Counts `n` steps. Outside tests it does nothing.
#[inline(always)]
pub(crate) fn steps(n: usize) {
    #[cfg(test)]
    LEFT.with(|left| {
        let less = left.get().checked_sub(n);
        left.set(less.expect("a reader takes no more steps than its test allows"));
    });
    #[cfg(not(test))]
    let _ = n;
}

#[cfg(test)]
thread_local! {
    static LEFT: std::cell::Cell<usize> = const { std::cell::Cell::new(usize::MAX) };
}

/// Runs `read`. Returns what it returns and the number of its steps; panics if there are more than
/// `most`, so that a reader without end fails as well.
#[cfg(test)]
pub(crate) fn counted<T>(most: usize, read: impl FnOnce() -> T) -> (T, usize) {
    LEFT.set(most);
    let value = read();
    (value, most - LEFT.replace(usize::MAX))
}
