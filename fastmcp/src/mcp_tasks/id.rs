//! The ids of tasks: whoever has one and the right caller can read the task, so nobody may guess one.

use std::fmt::Write as _;

use rand::TryRng;
use rand::rngs::{SysError, SysRng};

/// 256 bits.
const BYTES: usize = 32;

/// 256 bits of the operating system's randomness, in hexadecimal.
pub(crate) fn random() -> Result<String, SysError> {
    let mut bytes = [0; BYTES];
    SysRng.try_fill_bytes(&mut bytes)?;
    let mut id = String::with_capacity(BYTES * 2);
    for byte in bytes {
        let _ = write!(id, "{byte:02x}");
    }
    Ok(id)
}

/// Whether this can be an id at all: what is none is not looked for.
pub(crate) fn is_one(id: &str) -> bool {
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
        assert!(ids.iter().all(|id| is_one(id)));
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        // Every one of the 256 bits is one in about half of them.
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
    fn what_is_no_id_is_not_looked_for() {
        let id = random().unwrap();
        for other in [
            "",
            "x",
            &id[1..],
            &format!("{id}0"),
            &id.to_uppercase(),
            "é".repeat(32).as_str(),
        ] {
            assert!(other == id || !is_one(other), "{other}");
        }
    }
}
