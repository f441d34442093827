//! Task IDs. An ID grants access to the task of an anonymous caller, so it must not be guessable.

use std::fmt::Write as _;

use rand::TryRng;
use rand::rngs::{SysError, SysRng};

/// The length of an ID in bytes: 256 bits.
const BYTES: usize = 32;

/// Returns 256 bits from the operating system's random number generator, in hexadecimal.
pub(crate) fn random() -> Result<String, SysError> {
    let mut bytes = [0; BYTES];
    SysRng.try_fill_bytes(&mut bytes)?;
    let mut id = String::with_capacity(BYTES * 2);
    for byte in bytes {
        let _ = write!(id, "{byte:02x}");
    }
    Ok(id)
}

/// Returns whether `id` has the form of an ID. Other strings are rejected without a lookup.
pub(crate) fn is_valid(id: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    id.len() == BYTES * 2 && id.bytes().all(is_digit)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn an_id_is_256_random_bits() {
        let ids: Vec<String> = (0..1000).map(|_| random().unwrap()).collect();
        assert!(ids.iter().all(|id| is_valid(id)));
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        // Each of the 256 bits is set in about half of the IDs.
        for digit in 0..BYTES * 2 {
            for bit in 0..4 {
                let ones = ids.iter().filter(|id| {
                    let digit = id[digit..=digit].chars().next().unwrap();
                    digit.to_digit(16).unwrap() >> bit & 1 == 1
                });
                let ones = ones.count();
                assert!(
                    (350..650).contains(&ones),
                    "digit {digit} bit {bit}: {ones}"
                );
            }
        }
    }

    #[test]
    fn invalid_ids_are_rejected() {
        let id = random().unwrap();
        for other in [
            "",
            "x",
            &id[1..],
            &format!("{id}0"),
            &id.to_uppercase(),
            "é".repeat(32).as_str(),
        ] {
            assert!(other == id || !is_valid(other), "{other}");
        }
    }
}
