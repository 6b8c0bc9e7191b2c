use super::*;

#[test]
fn kernels_have_names() {
    for kernel in Kernel::ALL {
        let expected = match kernel.is_available() {
            true => Ok(kernel),
            false => {
                Err(ConfigError(format!("kernel {}: this processor cannot run it", kernel.name())))
            }
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
        let message = format!("MATRIX_THREADS: '{wrong}', expected a number from 1 to 1024");
        assert_eq!(threads_from(wrong), Err(ConfigError(message)));
    }
}

#[test]
fn an_unknown_kernel_is_told_the_known_ones() {
    let message = "MATRIX_KERNEL: 'sse', expected avx512, avx2 or portable";
    assert_eq!(kernel_from("sse").unwrap_err().to_string(), message);
}
