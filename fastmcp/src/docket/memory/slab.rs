//! Where entries live: found by number without hashing, and no number is ever used twice.

use crate::docket::record::ExecutionId;

use super::entry::Entry;

/// Entries by number. A number is a place and how often that place was taken.
#[derive(Debug, Default)]
pub(super) struct Slab {
    places: Vec<Place>,
    free: Vec<u32>,
}

#[derive(Debug)]
struct Place {
    taken: u32,
    // Boxed, so that growing moves pointers and a large docket does not stop to copy itself.
    entry: Option<Box<Entry>>,
}

impl Slab {
    pub(super) fn insert(&mut self, entry: Entry) -> ExecutionId {
        let entry = Some(Box::new(entry));
        if let Some(index) = self.free.pop() {
            let place = &mut self.places[index as usize];
            place.taken += 1;
            place.entry = entry;
            return number(index, place.taken);
        }
        let index = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.places.push(Place { taken: 1, entry });
        number(index, 1)
    }

    pub(super) fn get(&self, id: ExecutionId) -> Option<&Entry> {
        let (index, taken) = place(id);
        let place = self.places.get(index as usize)?;
        if place.taken == taken {
            place.entry.as_deref()
        } else {
            None
        }
    }

    pub(super) fn get_mut(&mut self, id: ExecutionId) -> Option<&mut Entry> {
        let (index, taken) = place(id);
        let place = self.places.get_mut(index as usize)?;
        if place.taken == taken {
            place.entry.as_deref_mut()
        } else {
            None
        }
    }

    pub(super) fn remove(&mut self, id: ExecutionId) -> Option<Box<Entry>> {
        let (index, taken) = place(id);
        let place = self.places.get_mut(index as usize)?;
        if place.taken != taken {
            return None;
        }
        let entry = place.entry.take()?;
        // A place whose counter is used up is never taken again.
        if taken < u32::MAX {
            self.free.push(index);
        }
        Some(entry)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (ExecutionId, &Entry)> {
        self.places.iter().enumerate().filter_map(|(index, place)| {
            let index = u32::try_from(index).ok()?;
            Some((number(index, place.taken), place.entry.as_deref()?))
        })
    }
}

fn number(index: u32, taken: u32) -> ExecutionId {
    ExecutionId(u64::from(taken) << 32 | u64::from(index))
}

#[expect(clippy::cast_possible_truncation, reason = "takes the number apart")]
fn place(id: ExecutionId) -> (u32, u32) {
    (id.0 as u32, (id.0 >> 32) as u32)
}
