//! Pagination of lists. A cursor contains the name of the last item of a page, not its position. If
//! the list changes between two pages, the other items are therefore neither repeated nor skipped.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The error of a cursor that cannot be decoded.
#[derive(Debug, PartialEq)]
pub(crate) struct InvalidCursor;

/// Returns the page of `items` after `cursor`, and the cursor of the next page. `items` must be
/// sorted by `name`. Without a `size`, the page contains all remaining items.
pub(crate) fn page<T>(
    mut items: Vec<T>,
    name: impl Fn(&T) -> &str,
    cursor: Option<&str>,
    size: Option<usize>,
) -> Result<(Vec<T>, Option<String>), InvalidCursor> {
    if let Some(cursor) = cursor {
        let last = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| InvalidCursor)?;
        let last = String::from_utf8(last).map_err(|_| InvalidCursor)?;
        let start = items.partition_point(|item| name(item) <= last.as_str());
        items.drain(..start);
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
    fn pages_cover_a_list_that_changes() {
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
        // The item of the cursor is gone, and there is a new item before it.
        let (second, end) = of(["a", "aa", "c", "d"].map(String::from).to_vec(), next).unwrap();
        assert_eq!((second, end), (vec!["c".to_owned(), "d".to_owned()], None));
        assert_eq!(
            page(list(), |it| it.as_str(), None, None).unwrap().0,
            list()
        );
        assert_eq!(of(list(), Some("not base64!".into())), Err(InvalidCursor));
    }
}
