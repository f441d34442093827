//! [`Secret`]: the key that signs the messages of a subscription.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::events::wire::SECRET_PREFIX;

/// The lengths of a key in bytes that Standard Webhooks allows.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// Accepts a secret with and without padding, as the libraries of several languages write it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The key that signs the messages of a subscription. It is written only to the docket.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Vec<u8>);

impl Secret {
    /// Reads a secret of a client: `whsec_` and 24 to 64 bytes in base64. The error does not repeat it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        const FORM: &str = "delivery.secret: expected `whsec_` and 24 to 64 bytes in base64";
        let encoded = text.strip_prefix(SECRET_PREFIX).ok_or(FORM)?;
        let key = BASE64.decode(encoded).map_err(|_| FORM)?;
        if LENGTHS.contains(&key.len()) {
            Ok(Self(key))
        } else {
            Err(FORM)
        }
    }

    pub(crate) fn key(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{SECRET_PREFIX}{}", BASE64.encode(&self.0)))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_other_forms_are_refused_without_being_repeated() {
        let key = |length: usize| BASE64.encode(vec![7; length]);
        assert!(Secret::parse(&format!("whsec_{}", key(24))).is_ok());
        assert!(Secret::parse(&format!("whsec_{}", key(64).trim_end_matches('='))).is_ok());
        for invalid in [
            "",
            "whsec_",
            "whsec_!!!!",
            &format!("whsec_{}", key(23)),
            &format!("whsec_{}", key(65)),
            &key(32),
            &format!("whsec_ {}", key(32)),
        ] {
            let error = Secret::parse(invalid).unwrap_err();
            assert!(
                invalid.len() < 8 || !error.contains(&invalid[6..]),
                "{error}"
            );
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        let stored = serde_json::to_string(&secret).unwrap();
        assert_eq!(serde_json::from_str::<Secret>(&stored).unwrap(), secret);
    }
}
