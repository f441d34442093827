//! The identifiers of an execution: its key, and the name of its task.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Identifies an execution within its docket. At most one execution runs per key at any time.
///
/// A key is any text of 1 to 512 bytes. No key has a special meaning.
///
/// ```
/// use fastmcp::docket::Key;
///
/// let key = Key::from("invoice-42");
/// assert_eq!(&*key, "invoice-42");
/// assert_ne!(Key::random(), Key::random());
/// assert_ne!(Key::unique(), Key::unique());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(Arc<str>);

impl Key {
    /// The maximum length of a key, in bytes.
    pub const MAX_BYTES: usize = 512;

    /// Creates a unique key that cannot be guessed: 128 random bits in hexadecimal.
    #[must_use]
    pub fn random() -> Self {
        // From a cryptographically secure generator: clients see keys, and must not be able to predict the keys of
        // other clients.
        Self::of_bits(rand::random())
    }

    /// Creates a unique key that cannot be guessed, and that follows earlier ones in alphabetical order: the time in
    /// milliseconds, and 80 random bits, in hexadecimal.
    ///
    /// An index of such keys grows at its end. Random keys change as many of its pages as there are new keys.
    #[must_use]
    pub fn unique() -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let millis = now.unwrap_or_default().as_millis();
        let random: u128 = rand::random();
        Self::of_bits(millis << 80 | random >> 48)
    }

    fn of_bits(mut bits: u128) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'0'; 32];
        for place in text.iter_mut().rev() {
            *place = DIGITS[(bits & 0xf) as usize];
            bits >>= 4;
        }
        Self(Arc::from(str::from_utf8(&text).unwrap_or_default()))
    }
}

/// The name of a task, as the docket stores it.
///
/// Cloning a name from [`Name::from_static`] neither allocates nor counts references.
#[derive(Clone)]
pub struct Name(Text);

#[derive(Clone)]
enum Text {
    Static(&'static str),
    Shared(Arc<str>),
}

impl Name {
    /// The maximum length of a task name, in bytes.
    pub const MAX_BYTES: usize = 256;

    /// Creates a name without an allocation.
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        Self(Text::Static(name))
    }

    /// Returns the name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Static(text) => text,
            Text::Shared(text) => text,
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Name {}

impl std::hash::Hash for Name {
    fn hash<H: std::hash::Hasher>(&self, hasher: &mut H) {
        self.as_str().hash(hasher);
    }
}

impl Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Deref for Key {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(Text::Shared(Arc::from(text)))
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self(Text::Shared(Arc::from(text)))
    }
}

impl From<Arc<str>> for Name {
    fn from(text: Arc<str>) -> Self {
        Self(Text::Shared(text))
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self(Arc::from(text))
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self(Arc::from(text))
    }
}

impl From<Arc<str>> for Key {
    fn from(text: Arc<str>) -> Self {
        Self(text)
    }
}

impl From<&Key> for Key {
    fn from(key: &Key) -> Self {
        key.clone()
    }
}

macro_rules! reads_as_text {
    ($($name:ident),*) => {$(
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(self)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&**self, out)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                **self == *other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                **self == **other
            }
        }
    )*};
}

reads_as_text!(Key, Name);
