//! Lists in pages. A cursor names the last item that a page had, not its place: a list that changes
//! meanwhile neither repeats nor skips what stays.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A cursor that this server never gave.
#[derive(Debug, PartialEq)]
pub(crate) struct BadCursor;

/// The page after `cursor` of `items`, which are sorted by `name`, and the cursor of the one after
/// it. Without a `size` it is all that is left.
pub(crate) fn page<T>(
    mut items: Vec<T>,
    name: impl Fn(&T) -> &str,
    cursor: Option<&str>,
    size: Option<usize>,
) -> Result<(Vec<T>, Option<String>), BadCursor> {
    if let Some(cursor) = cursor {
        let last = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| BadCursor)?;
        let last = String::from_utf8(last).map_err(|_| BadCursor)?;
        let begin = items.partition_point(|item| name(item) <= last.as_str());
        items.drain(..begin);
    }
    let size = size.unwrap_or(usize::MAX).max(1);
    let next = (items.len() > size).then(|| URL_SAFE_NO_PAD.encode(name(&items[size - 1])));
    items.truncate(size);
    Ok((items, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_cover_the_list_also_when_it_changes() {
        let list = || {
            vec!["a", "b", "c", "d"]
                .into_iter()
                .map(String::from)
                .collect::<Vec<_>>()
        };
        let of = |list: Vec<String>, cursor: Option<String>| {
            page(list, |it: &String| it.as_str(), cursor.as_deref(), Some(2))
        };
        let (first, next) = of(list(), None).unwrap();
        assert_eq!(first, ["a", "b"]);
        // Without the one that the cursor names, and with a new one before it.
        let (second, end) = of(["a", "aa", "c", "d"].map(String::from).to_vec(), next).unwrap();
        assert_eq!((second, end), (vec!["c".to_owned(), "d".to_owned()], None));
        assert_eq!(
            page(list(), |it| it.as_str(), None, None).unwrap().0,
            list()
        );
        assert_eq!(of(list(), Some("not base64!".into())), Err(BadCursor));
    }
}
