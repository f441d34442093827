//! [`Envelope`]: the members of a `tools/call` request, as parts of its text.
//!
//! The scanner accepts only the usual form. It skips the values of `arguments` and `_meta` without checking
//! them: their reader parses exactly the skipped text, so a message that is not JSON is not accepted.

use memchr::memchr2;
use rmcp::model::RequestId;

/// The number of digits of an ID that fits into every integer of 64 bits.
const MAX_DIGITS: usize = 18;

/// The maximum depth of an object. The protocol library parses up to 127 levels of a whole message.
const MAX_DEPTH: usize = 100;

/// The bytes that end a usual string, or that it does not contain.
const ENDS_STRING: [bool; 256] = {
    let mut ends = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        ends[byte] = true;
        byte += 1;
    }
    ends[b'"' as usize] = true;
    ends[b'\\' as usize] = true;
    ends
};

/// The members of a `tools/call` request.
#[derive(Debug)]
pub(crate) struct Envelope<'a> {
    pub(crate) id: RequestId,
    pub(crate) name: &'a str,
    /// The text of an object.
    pub(crate) arguments: Option<&'a [u8]>,
    /// The text of an object.
    pub(crate) meta: Option<&'a [u8]>,
}

impl<'a> Envelope<'a> {
    /// Returns `None` if the message is of another kind, or is not in the usual form.
    pub(crate) fn read(message: &'a [u8]) -> Option<Self> {
        let mut scan = Scan {
            text: message,
            at: 0,
        };
        let (mut id, mut params) = (None, None);
        let (mut has_version, mut has_method) = (false, false);
        scan.object(|scan, key| match key {
            b"jsonrpc" => is_first(&mut has_version, scan.string()? == b"2.0"),
            b"method" => is_first(&mut has_method, scan.string()? == b"tools/call"),
            b"id" => set(&mut id, scan.id()?),
            b"params" => set(&mut params, Params::read(scan)?),
            _ => None,
        })?;
        scan.whitespace();
        let Params {
            name,
            arguments,
            meta,
        } = params?;
        (has_version && has_method && scan.at == message.len()).then_some(())?;
        Some(Self {
            id: id?,
            name: name?,
            arguments,
            meta,
        })
    }
}

/// The members of `params`.
#[derive(Default)]
struct Params<'a> {
    name: Option<&'a str>,
    arguments: Option<&'a [u8]>,
    meta: Option<&'a [u8]>,
}

impl<'a> Params<'a> {
    fn read(scan: &mut Scan<'a>) -> Option<Self> {
        let mut params = Self::default();
        scan.object(|scan, key| match key {
            b"name" => set(&mut params.name, str::from_utf8(scan.string()?).ok()?),
            b"arguments" => set(&mut params.arguments, scan.skip_object()?),
            b"_meta" => set(&mut params.meta, scan.skip_object()?),
            _ => None,
        })?;
        Some(params)
    }
}

/// Sets a member. `None` if it is repeated.
fn set<T>(member: &mut Option<T>, value: T) -> Option<()> {
    member.replace(value).is_none().then_some(())
}

/// Records a member that must have one value. `None` if it is repeated or has another value.
fn is_first(seen: &mut bool, is_expected: bool) -> Option<()> {
    let is_first = !std::mem::replace(seen, true);
    (is_first && is_expected).then_some(())
}

/// A position in a text.
struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn whitespace(&mut self) {
        // Most messages have none.
        if self.peek().is_some_and(|byte| byte > b' ') {
            return;
        }
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Skips whitespace and this byte. `None` if there is another one.
    fn expect(&mut self, byte: u8) -> Option<()> {
        self.whitespace();
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Reads an object with at least one member; `member` reads each value.
    fn object(&mut self, mut member: impl FnMut(&mut Self, &'a [u8]) -> Option<()>) -> Option<()> {
        self.expect(b'{')?;
        loop {
            let key = self.string()?;
            self.expect(b':')?;
            member(self, key)?;
            self.whitespace();
            let next = self.peek()?;
            self.at += 1;
            match next {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// Reads a string without escapes and control characters.
    fn string(&mut self) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let rest = &self.text[self.at..];
        let length = rest
            .iter()
            .position(|byte| ENDS_STRING[usize::from(*byte)])?;
        self.at += length + 1;
        (rest[length] == b'"').then(|| &rest[..length])
    }

    fn id(&mut self) -> Option<RequestId> {
        self.whitespace();
        if self.peek()? == b'"' {
            let text = str::from_utf8(self.string()?).ok()?;
            return Some(RequestId::String(text.into()));
        }
        let rest = &self.text[self.at..];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        // The next byte must end the number, and a leading zero is not JSON.
        let has_end = matches!(
            rest.get(digits)?,
            b',' | b'}' | b' ' | b'\t' | b'\n' | b'\r'
        );
        let has_leading_zero = digits > 1 && rest[0] == b'0';
        if digits == 0 || digits > MAX_DIGITS || !has_end || has_leading_zero {
            return None;
        }
        self.at += digits;
        let number = rest[..digits]
            .iter()
            .fold(0_i64, |number, digit| number * 10 + i64::from(digit - b'0'));
        Some(RequestId::Number(number))
    }

    /// Returns the text of an object. It ends where its brackets are closed.
    fn skip_object(&mut self) -> Option<&'a [u8]> {
        self.whitespace();
        let start = self.at;
        (self.peek()? == b'{').then_some(())?;
        let mut depth = 0_usize;
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => self.skip_rest_of_string()?,
                b'{' | b'[' => {
                    depth += 1;
                    (depth <= MAX_DEPTH).then_some(())?;
                }
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(&self.text[start..self.at]);
                    }
                }
                _ => {}
            }
        }
    }

    /// Moves behind the quote that ends a string.
    fn skip_rest_of_string(&mut self) -> Option<()> {
        loop {
            let rest = &self.text[self.at..];
            let length = memchr2(b'"', b'\\', rest)?;
            self.at += length + 1;
            if rest[length] == b'"' {
                return Some(());
            }
            // The byte after a backslash does not end the string.
            self.at += 1;
            (self.at <= self.text.len()).then_some(())?;
        }
    }
}

#[cfg(test)]
mod tests;
