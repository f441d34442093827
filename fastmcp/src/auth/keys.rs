//! [`KeySet`]: the public keys of an issuer (RFC 7517).

use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse,
};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// The maximum number of keys that are read.
const MAX_KEYS: usize = 100;

/// The public keys of an issuer. Keys of other kinds are left out.
#[derive(Debug, Default)]
pub(crate) struct KeySet(Vec<PublicKey>);

/// A key and the algorithms that it fixes.
#[derive(Debug, Clone)]
pub(crate) struct PublicKey {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    pub(crate) key: DecodingKey,
}

#[derive(Deserialize)]
struct Document {
    /// A key of an unknown kind must not make the others unusable.
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads the document of a JWKS address.
    pub(crate) fn parse(document: &[u8]) -> Result<Self, String> {
        let document: Document = serde_json::from_slice(document)
            .map_err(|error| format!("the set of keys is not valid: {error}"))?;
        let keys = document.keys.into_iter().take(MAX_KEYS);
        let keys: Vec<PublicKey> = keys.filter_map(PublicKey::read).collect();
        if keys.is_empty() {
            return Err("the set has no key that verifies signatures".to_owned());
        }
        Ok(Self(keys))
    }

    /// Returns the key for a signature. A token that names no key needs a set of one key.
    pub(crate) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&PublicKey> {
        let key = match id {
            Some(id) => {
                let named = |it: &&PublicKey| it.id.as_deref() == Some(id);
                self.0
                    .iter()
                    .find(|it| named(it) && it.algorithms.contains(&algorithm))?
            }
            None => match &self.0[..] {
                [key] => key,
                _ => return None,
            },
        };
        key.algorithms.contains(&algorithm).then_some(key)
    }
}

impl PublicKey {
    /// Returns the key if it can verify a signature. A symmetric key never can: anybody who reads the set
    /// could sign with it.
    fn read(value: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let common = &jwk.common;
        let for_signatures = common
            .public_key_use
            .as_ref()
            .is_none_or(|it| *it == PublicKeyUse::Signature);
        let verifies = common
            .key_operations
            .as_ref()
            .is_none_or(|it| it.contains(&KeyOperations::Verify));
        if !for_signatures || !verifies {
            return None;
        }
        let mut algorithms = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => vec![
                Algorithm::RS256,
                Algorithm::RS384,
                Algorithm::RS512,
                Algorithm::PS256,
                Algorithm::PS384,
                Algorithm::PS512,
            ],
            AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
                EllipticCurve::P256 => vec![Algorithm::ES256],
                EllipticCurve::P384 => vec![Algorithm::ES384],
                _ => return None,
            },
            AlgorithmParameters::OctetKeyPair(curve) if curve.curve == EllipticCurve::Ed25519 => {
                vec![Algorithm::EdDSA]
            }
            _ => return None,
        };
        if let Some(fixed) = common.key_algorithm {
            let fixed = of(fixed)?;
            algorithms.retain(|it| *it == fixed);
        }
        if algorithms.is_empty() {
            return None;
        }
        Some(Self {
            id: common.key_id.clone(),
            algorithms,
            key: DecodingKey::from_jwk(&jwk).ok()?,
        })
    }
}

/// Returns the algorithm of signatures that a key names.
fn of(algorithm: KeyAlgorithm) -> Option<Algorithm> {
    algorithm.to_string().parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    // The public key of RFC 7515, appendix A.3.
    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    fn set(keys: Value) -> Result<KeySet, String> {
        KeySet::parse(json!({ "keys": keys }).to_string().as_bytes())
    }

    #[test]
    fn a_key_fixes_its_algorithm() {
        let key = json!({ "kty": "EC", "crv": "P-256", "x": X, "y": Y, "kid": "one" });
        let keys = set(json!([key])).expect("a key");
        assert!(keys.find(Some("one"), Algorithm::ES256).is_some());
        assert!(keys.find(None, Algorithm::ES256).is_some());
        for other in [Algorithm::ES384, Algorithm::HS256, Algorithm::RS256] {
            assert!(keys.find(Some("one"), other).is_none());
        }
        assert!(keys.find(Some("two"), Algorithm::ES256).is_none());
    }

    #[test]
    fn unusable_keys_are_left_out() {
        let good = json!({ "kty": "EC", "crv": "P-256", "x": X, "y": Y, "kid": "good" });
        let unusable = [
            json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "symmetric", "alg": "HS256" }),
            json!({ "kty": "EC", "crv": "P-256", "x": X, "y": Y, "use": "enc" }),
            json!({ "kty": "EC", "crv": "P-521", "x": X, "y": Y }),
            json!({ "kty": "EC", "crv": "P-256", "x": X, "y": Y, "alg": "RS256" }),
            json!({ "kty": "future", "kid": "unknown" }),
            json!("not a key"),
        ];
        for key in &unusable {
            assert!(set(json!([key])).is_err(), "{key}");
        }
        let keys = set(json!([unusable[0], unusable[4], good])).expect("a key");
        assert!(keys.find(None, Algorithm::ES256).is_some());
        assert!(keys.find(Some("good"), Algorithm::ES256).is_some());
    }
}
