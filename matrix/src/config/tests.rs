use super::*;

#[test]
fn kernels_have_names() {
    assert_eq!(Kernel::ALL.map(Kernel::name), ["avx512", "avx2", "portable"]);
    for kernel in available() {
        assert_eq!(kernel_from(kernel.name()), Ok(kernel));
    }
    assert_eq!(kernel_from(""), Ok(fastest()));
    assert!(Kernel::Portable.is_available());
}

/// One test of all that changes the settings, which all threads share.
#[test]
fn settings_are_taken_all_or_none() {
    for (asked, used) in [(0, 1), (1, 1), (3, 3), (1024, 1024), (1025, 1024)] {
        use_threads(asked);
        assert_eq!(threads(), used);
    }
    for kernel in Kernel::ALL {
        use_kernel(fastest());
        use_threads(2);
        let result = configure_from(None, "5", kernel.name());
        assert_eq!(result.is_ok(), kernel.is_available());
        let used = if result.is_ok() { (kernel, 5) } else { (fastest(), 2) };
        assert_eq!((super::kernel(), threads()), used);
    }
    configure_from(Some(4), "5", "").unwrap();
    assert_eq!((kernel(), threads()), (fastest(), 4));
    configure_from(Some(6), "", "sse").unwrap_err();
    configure_from(None, "0", "portable").unwrap_err();
    assert_eq!((kernel(), threads()), (fastest(), 4));
    configure_from(None, "", "portable").unwrap();
    assert_eq!((kernel(), threads()), (Kernel::Portable, processors()));
    configure(Some(7)).unwrap();
    assert_eq!(threads(), 7);
    use_kernel(fastest());
}

#[test]
fn threads_are_counted_from_1() {
    assert_eq!(threads_from("3"), Ok(3));
    assert_eq!(threads_from(""), Ok(processors()));
    for wrong in ["0", "-1", "two", "1.5", "1025", "4611686018427387904", "99999999999999999999999"]
    {
        let message = format!("MATRIX_THREADS: '{wrong}', expected a number from 1 to 1024");
        assert_eq!(threads_from(wrong), Err(ConfigError(message)));
    }
}

#[test]
fn an_unknown_kernel_is_told_those_that_can_run() {
    let names: Vec<&str> = available().map(Kernel::name).collect();
    let message =
        format!("MATRIX_KERNEL: 'sse', expected {} on this processor", names.join(" or "));
    assert_eq!(kernel_from("sse").unwrap_err().to_string(), message);
}
