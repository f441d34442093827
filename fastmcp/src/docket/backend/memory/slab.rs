//! [`Slab`]: stores entries by number, without hashing and without reusing a number.
//!
//! Entries are stored in chunks, so growing moves no entry, and an entry needs no allocation of its own. Empty chunks
//! are freed.

use crate::docket::model::record::ExecutionId;

use crate::docket::backend::memory::entry::Entry;

const CHUNK: u32 = 128;

/// Entries by number. A number consists of the index of a slot and the generation of that slot, which increases each
/// time the slot is reused.
#[derive(Debug, Default)]
pub(super) struct Slab {
    chunks: Vec<Chunk>,
    /// The chunks with free slots.
    with_room: Vec<u32>,
}

#[derive(Debug, Default)]
struct Chunk {
    /// Empty if the chunk is freed.
    slots: Vec<Slot>,
    free: Vec<u32>,
    in_use: u32,
    /// The highest generation of the slots before the chunk was freed.
    last_generation: u32,
}

#[derive(Debug)]
struct Slot {
    generation: u32,
    entry: Option<Entry>,
}

impl Slab {
    pub(super) fn insert(&mut self, entry: Entry) -> ExecutionId {
        let index = self.with_room.last().copied().unwrap_or_else(|| {
            let index = u32::try_from(self.chunks.len()).unwrap_or(u32::MAX);
            self.chunks.push(Chunk::default());
            self.with_room.push(index);
            index
        });
        let chunk = &mut self.chunks[index as usize];
        let (slot, generation) = chunk.insert(entry);
        if chunk.free.is_empty() {
            self.with_room.pop();
        }
        number(index * CHUNK + slot, generation)
    }

    pub(super) fn get(&self, id: ExecutionId) -> Option<&Entry> {
        let (index, generation) = split(id);
        let chunk = self.chunks.get((index / CHUNK) as usize)?;
        let slot = chunk.slots.get((index % CHUNK) as usize)?;
        if slot.generation == generation {
            slot.entry.as_ref()
        } else {
            None
        }
    }

    pub(super) fn get_mut(&mut self, id: ExecutionId) -> Option<&mut Entry> {
        let (index, generation) = split(id);
        let chunk = self.chunks.get_mut((index / CHUNK) as usize)?;
        let slot = chunk.slots.get_mut((index % CHUNK) as usize)?;
        if slot.generation == generation {
            slot.entry.as_mut()
        } else {
            None
        }
    }

    pub(super) fn remove(&mut self, id: ExecutionId) -> Option<Entry> {
        let (index, generation) = split(id);
        let chunk = self.chunks.get_mut((index / CHUNK) as usize)?;
        let slot = chunk.slots.get_mut((index % CHUNK) as usize)?;
        if slot.generation != generation {
            return None;
        }
        let entry = slot.entry.take()?;
        let was_full = chunk.free.is_empty();
        chunk.in_use -= 1;
        // A slot with the highest generation stays empty, because its numbers would repeat.
        if generation < u32::MAX {
            chunk.free.push(index % CHUNK);
            if was_full {
                self.with_room.push(index / CHUNK);
            }
        }
        // The last chunk with free slots is kept. Otherwise a docket with one entry at a time would free and allocate
        // it each time.
        if chunk.in_use == 0 && self.with_room.len() > 1 {
            chunk.free_slots();
        }
        Some(entry)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (ExecutionId, &Entry)> {
        self.chunks.iter().zip(0..).flat_map(|(chunk, index)| {
            chunk.slots.iter().zip(0..).filter_map(move |(slot, at)| {
                let entry = slot.entry.as_ref()?;
                Some((number(index * CHUNK + at, slot.generation), entry))
            })
        })
    }
}

impl Chunk {
    /// Stores the entry in a free slot, and returns the slot's index and generation. The chunk must have a free slot.
    fn insert(&mut self, entry: Entry) -> (u32, u32) {
        if self.slots.is_empty() {
            let generation = self.last_generation;
            self.slots.resize_with(CHUNK as usize, || Slot {
                generation,
                entry: None,
            });
            self.free = (0..CHUNK).rev().collect();
        }
        let at = self.free.pop().unwrap_or_default();
        let slot = &mut self.slots[at as usize];
        slot.generation += 1;
        slot.entry = Some(entry);
        self.in_use += 1;
        (at, slot.generation)
    }

    fn free_slots(&mut self) {
        let generation = self.slots.iter().map(|slot| slot.generation).max();
        self.last_generation = generation.unwrap_or(self.last_generation);
        // A chunk that has a slot with the highest generation is kept, because the generations of that slot would
        // start again.
        if self.last_generation < u32::MAX {
            self.slots = Vec::new();
            self.free = Vec::new();
        }
    }
}

fn number(index: u32, generation: u32) -> ExecutionId {
    ExecutionId(u64::from(generation) << 32 | u64::from(index))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "splits the number into its halves"
)]
fn split(id: ExecutionId) -> (u32, u32) {
    (id.0 as u32, (id.0 >> 32) as u32)
}
