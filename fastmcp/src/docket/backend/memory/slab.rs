//! Where entries live: found by number without hashing, and no number is ever used twice.
//!
//! Entries stand in chunks, so that growing never moves one, and no entry is an allocation of its own. A chunk that
//! has become empty is given back.

use crate::docket::model::record::ExecutionId;

use crate::docket::backend::memory::entry::Entry;

const CHUNK: u32 = 128;

/// Entries by number. A number is a place and how often that place was taken.
#[derive(Debug, Default)]
pub(crate) struct Slab {
    chunks: Vec<Chunk>,
    /// The chunks with room.
    roomy: Vec<u32>,
}

#[derive(Debug, Default)]
struct Chunk {
    /// Empty while the chunk is given back.
    places: Vec<Place>,
    free: Vec<u32>,
    in_use: u32,
    /// No place of the chunk was taken more often, before it was given back.
    taken_before: u32,
}

#[derive(Debug)]
struct Place {
    taken: u32,
    entry: Option<Entry>,
}

impl Slab {
    pub(crate) fn insert(&mut self, entry: Entry) -> ExecutionId {
        let index = self.roomy.last().copied().unwrap_or_else(|| {
            let index = u32::try_from(self.chunks.len()).unwrap_or(u32::MAX);
            self.chunks.push(Chunk::default());
            self.roomy.push(index);
            index
        });
        let chunk = &mut self.chunks[index as usize];
        let (place, taken) = chunk.insert(entry);
        if chunk.free.is_empty() {
            self.roomy.pop();
        }
        number(index * CHUNK + place, taken)
    }

    pub(crate) fn get(&self, id: ExecutionId) -> Option<&Entry> {
        let (index, taken) = place(id);
        let chunk = self.chunks.get((index / CHUNK) as usize)?;
        let place = chunk.places.get((index % CHUNK) as usize)?;
        if place.taken == taken {
            place.entry.as_ref()
        } else {
            None
        }
    }

    pub(crate) fn get_mut(&mut self, id: ExecutionId) -> Option<&mut Entry> {
        let (index, taken) = place(id);
        let chunk = self.chunks.get_mut((index / CHUNK) as usize)?;
        let place = chunk.places.get_mut((index % CHUNK) as usize)?;
        if place.taken == taken {
            place.entry.as_mut()
        } else {
            None
        }
    }

    pub(crate) fn remove(&mut self, id: ExecutionId) -> Option<Entry> {
        let (index, taken) = place(id);
        let chunk = self.chunks.get_mut((index / CHUNK) as usize)?;
        let place = chunk.places.get_mut((index % CHUNK) as usize)?;
        if place.taken != taken {
            return None;
        }
        let entry = place.entry.take()?;
        let was_full = chunk.free.is_empty();
        chunk.in_use -= 1;
        // A place whose counter is used up is never taken again.
        if taken < u32::MAX {
            chunk.free.push(index % CHUNK);
            if was_full {
                self.roomy.push(index / CHUNK);
            }
        }
        // The last chunk with room stays: a docket that holds one entry at a time would come and go with it.
        if chunk.in_use == 0 && self.roomy.len() > 1 {
            chunk.give_back();
        }
        Some(entry)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (ExecutionId, &Entry)> {
        self.chunks.iter().zip(0..).flat_map(|(chunk, index)| {
            chunk.places.iter().zip(0..).filter_map(move |(place, at)| {
                let entry = place.entry.as_ref()?;
                Some((number(index * CHUNK + at, place.taken), entry))
            })
        })
    }
}

impl Chunk {
    /// Puts the entry into a free place, of which there is one; says which, and how often it was taken.
    fn insert(&mut self, entry: Entry) -> (u32, u32) {
        if self.places.is_empty() {
            let taken = self.taken_before;
            self.places
                .resize_with(CHUNK as usize, || Place { taken, entry: None });
            self.free = (0..CHUNK).rev().collect();
        }
        let at = self.free.pop().unwrap_or_default();
        let place = &mut self.places[at as usize];
        place.taken += 1;
        place.entry = Some(entry);
        self.in_use += 1;
        (at, place.taken)
    }

    fn give_back(&mut self) {
        let taken = self.places.iter().map(|place| place.taken).max();
        self.taken_before = taken.unwrap_or(self.taken_before);
        // Places that are used up would begin again: such a chunk stays.
        if self.taken_before < u32::MAX {
            self.places = Vec::new();
            self.free = Vec::new();
        }
    }
}

fn number(index: u32, taken: u32) -> ExecutionId {
    ExecutionId(u64::from(taken) << 32 | u64::from(index))
}

#[expect(clippy::cast_possible_truncation, reason = "takes the number apart")]
fn place(id: ExecutionId) -> (u32, u32) {
    (id.0 as u32, (id.0 >> 32) as u32)
}
