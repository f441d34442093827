//! All that is wrong with one value, where decoding it ends at the first thing.
//!
//! A value that could not be decoded is decoded again, now in a survey. It notes what is wrong and
//! goes on:
//!
//! | what is wrong | how it goes on |
//! |---|---|
//! | JSON of another type than was asked for | at once, with a stand-in of the right type |
//! | what a type itself says: a field is missing, a variant unknown, a date no date | the value is decoded once more, and has a stand-in there |
//! | a stand-in that the type refuses too | once more, and that place is passed over |
//! | a place that cannot be passed over | the place around it is |
//!
//! What is said of a place is no news where something inside of it was wrong, or something around
//! it: it may be about a stand-in.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::DecodeError;
use super::fault::{Fault, Step, path};

/// How many places of one argument are told.
const MOST: usize = 50;

/// How many steps into values a survey may take, over all of its rounds: a client cannot make a
/// server busy with an argument that is wrong in thousands of places.
const WORK: usize = 100_000;

/// What is known of a value that is wrong.
#[derive(Default)]
pub(crate) struct Survey {
    /// Where decoding is.
    place: RefCell<Vec<Step>>,
    found: RefCell<BTreeMap<Vec<Step>, String>>,
    /// The places that are passed over, and those that have stand-ins: `false`.
    passed_over: RefCell<BTreeMap<Vec<Step>, bool>>,
    work: Cell<usize>,
}

impl Survey {
    pub(super) fn enter(&self, step: Step) {
        self.place.borrow_mut().push(step);
        self.work.set(self.work.get() + 1);
    }

    pub(super) fn leave(&self) {
        self.place.borrow_mut().pop();
    }

    /// Notes what is wrong at the place where decoding is.
    pub(super) fn note(&self, fault: Fault) {
        let mut place = self.place.borrow().clone();
        place.extend(fault.place());
        let mut found = self.found.borrow_mut();
        found.entry(place).or_insert(fault.message);
    }

    /// Whether there are any places that are not just decoded.
    pub(super) fn has_treatments(&self) -> bool {
        !self.passed_over.borrow().is_empty()
    }

    /// Whether the place one step on is passed over; `Some(false)` if it has a stand-in.
    pub(super) fn is_passed_over(&self, step: Step) -> Option<bool> {
        let mut place = self.place.borrow().clone();
        place.push(step);
        self.passed_over.borrow().get(&place).copied()
    }

    /// The fields one step on that have stand-ins.
    pub(super) fn missing(&self) -> Vec<String> {
        let place = self.place.borrow();
        let passed_over = self.passed_over.borrow();
        let with_stand_in = passed_over.iter().filter(|(_, passed_over)| !**passed_over);
        with_stand_in
            .filter_map(|(of, _)| match of.strip_prefix(&**place)? {
                [Step::Field(name)] => Some(name.clone()),
                _ => None,
            })
            .collect()
    }

    /// Learns of what ended a round; whether another one would see more.
    fn learn(&self, fault: Fault) -> bool {
        let mut place = fault.place();
        let mut passed_over = self.passed_over.borrow_mut();
        let mut found = self.found.borrow_mut();
        let is_inside = |it: &Vec<Step>| it.starts_with(&place);
        let is_around = |it: &Vec<Step>| place.starts_with(it);
        let is_news = !found.keys().any(|it| is_inside(it) || is_around(it));
        if is_news && !passed_over.keys().any(is_inside) {
            found.insert(place.clone(), fault.message);
        }
        // The first that can still be treated, from the place outwards.
        while !place.is_empty() {
            match passed_over.get(&place) {
                None => {
                    passed_over.insert(place, false);
                    return true;
                }
                Some(false) => {
                    passed_over.insert(place, true);
                    return true;
                }
                Some(true) => {
                    place.pop();
                }
            }
        }
        false
    }
}

/// All that is wrong with a value, by place; `decode` decodes it, once a round.
pub(super) fn survey(mut decode: impl FnMut(&Survey) -> Result<(), Fault>) -> Vec<DecodeError> {
    let survey = Survey::default();
    while survey.work.get() < WORK && survey.found.borrow().len() <= MOST {
        survey.place.borrow_mut().clear();
        match decode(&survey) {
            Ok(()) => break,
            Err(fault) => {
                if !survey.learn(fault) {
                    break;
                }
            }
        }
    }
    let found = survey.found.into_inner();
    let more = found.len().saturating_sub(MOST);
    let mut errors: Vec<DecodeError> = found
        .into_iter()
        .take(MOST)
        .map(|(place, message)| DecodeError {
            path: path(&place),
            message,
        })
        .collect();
    if more > 0 {
        errors.push(DecodeError {
            path: String::new(),
            message: format!("and at least {more} more of its parts are wrong"),
        });
    }
    errors
}
