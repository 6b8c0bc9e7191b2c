use super::*;

#[test]
fn kernels_have_names() {
    for kernel in Kernel::ALL {
        let expected = match kernel.is_available() {
            true => Ok(kernel),
            false => Err(ConfigError::UnavailableKernel(kernel)),
        };
        assert_eq!(kernel_from(kernel.name()), expected);
        assert_eq!(use_kernel(kernel), expected.map(|_| ()));
    }
    assert_eq!(kernel_from(""), Ok(fastest()));
    assert!(Kernel::Portable.is_available());
    use_kernel(fastest()).unwrap();
    assert_eq!(kernel(), fastest());
}

#[test]
fn threads_are_counted_from_1() {
    assert_eq!(threads_from("3"), Ok(3));
    assert_eq!(threads_from(""), Ok(processors()));
    for wrong in ["0", "-1", "two", "1.5", "1025", "4611686018427387904", "99999999999999999999999"]
    {
        assert_eq!(threads_from(wrong), Err(ConfigError::Threads(wrong.into())));
    }
}

#[test]
fn errors_say_what_was_expected() {
    let messages = [
        (kernel_from("sse"), "MATRIX_KERNEL: 'sse', expected avx512, avx2 or portable"),
        (
            Err(ConfigError::UnavailableKernel(Kernel::Avx512)),
            "kernel avx512: this processor cannot run it",
        ),
        (
            Err(ConfigError::Threads("x".into())),
            "MATRIX_THREADS: 'x', expected a number from 1 to 1024",
        ),
    ];
    for (result, message) in messages {
        assert_eq!(result.unwrap_err().to_string(), message);
    }
}
