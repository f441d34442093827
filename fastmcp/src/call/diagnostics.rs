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
//! | a type that was handed the whole object (a tagged enum, a map) does not say of which entry it speaks | it is the one without which it says something else |
//!
//! What is said of a place is no news where something inside of it was wrong, or something around
//! it: it may be about a stand-in.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::call::decode::DecodeError;
use crate::call::fault::{Fault, Step, path};

/// How many places of one argument are told.
const MOST: usize = 50;

/// How many steps into values a survey may take, over all of its rounds: a client cannot make a
/// server busy with an argument that is wrong in thousands of places.
const WORK: usize = 100_000;

/// What is decoded at a place, in the stead of what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// Whatever the type asks for.
    StandIn,
    /// Nothing: it is passed over.
    Nothing,
    /// [`WORD`], which is no variant of anything.
    Word,
}

/// A text that is not expected anywhere.
pub(crate) const WORD: &str = "\u{0}";

/// What is known of a value that is wrong.
#[derive(Default)]
pub(crate) struct Survey {
    /// Where decoding is.
    place: RefCell<Vec<Step>>,
    found: RefCell<BTreeMap<Vec<Step>, String>>,
    treated: RefCell<BTreeMap<Vec<Step>, Treatment>>,
    /// The keys of the objects that were handed to a type as a whole.
    whole: RefCell<BTreeMap<Vec<Step>, Vec<String>>>,
    work: Cell<usize>,
    /// Whether a round only tries something out.
    is_trial: Cell<bool>,
}

impl Survey {
    pub(crate) fn enter(&self, step: Step) {
        self.place.borrow_mut().push(step);
        self.work.set(self.work.get() + 1);
    }

    pub(crate) fn leave(&self) {
        self.place.borrow_mut().pop();
    }

    /// Notes what is wrong at the place where decoding is.
    pub(crate) fn note(&self, fault: Fault) {
        if self.is_trial.get() {
            return;
        }
        let mut place = self.place.borrow().clone();
        place.extend(fault.place());
        let mut found = self.found.borrow_mut();
        found.entry(place).or_insert(fault.message);
    }

    /// Notes that an object, where decoding is, is handed on as a whole.
    pub(crate) fn hand_on<'k>(&self, keys: impl Iterator<Item = &'k String>) {
        let place = self.place.borrow().clone();
        let mut whole = self.whole.borrow_mut();
        whole
            .entry(place)
            .or_insert_with(|| keys.cloned().collect());
    }

    /// Whether there are any places that are not just decoded.
    pub(crate) fn has_treatments(&self) -> bool {
        !self.treated.borrow().is_empty()
    }

    /// How the place one step on is treated.
    pub(crate) fn treatment(&self, step: Step) -> Option<Treatment> {
        let mut place = self.place.borrow().clone();
        place.push(step);
        self.treated.borrow().get(&place).copied()
    }

    /// The fields one step on that have stand-ins.
    pub(crate) fn missing(&self) -> Vec<String> {
        let place = self.place.borrow();
        let treated = self.treated.borrow();
        let with_stand_in = treated.iter().filter(|(_, it)| **it == Treatment::StandIn);
        with_stand_in
            .filter_map(|(of, _)| match of.strip_prefix(&**place)? {
                [Step::Field(name)] => Some(name.clone()),
                _ => None,
            })
            .collect()
    }

    /// Of which entry of an object that was handed on `fault` speaks, if rounds without each tell.
    fn located(
        &self,
        fault: &Fault,
        decode: &mut dyn FnMut(&Self) -> Result<(), Fault>,
    ) -> Option<Step> {
        let place = fault.place();
        let keys = self.whole.borrow().get(&place).cloned()?;
        // What a type says of an object as a whole is in other words.
        if !fault.message.starts_with("expected ") {
            return None;
        }
        let entry = |step: &Step| [&*place, std::slice::from_ref(step)].concat();
        keys.into_iter().map(Step::Field).find(|step| {
            let is_passed_over =
                self.treated.borrow().get(&entry(step)) == Some(&Treatment::Nothing);
            let is_same = |other: &Fault| other.place() == place && other.message == fault.message;
            // Without the tag of an enum, it says something else too. A tag is what can be unknown.
            let is_tag = |other: &Fault| other.message.ends_with(&format!("got \"{WORD}\""));
            !is_passed_over
                && self.work.get() < WORK
                && !self
                    .tried(entry(step), Treatment::Nothing, decode)
                    .is_some_and(|it| is_same(&it))
                && !self
                    .tried(entry(step), Treatment::Word, decode)
                    .is_some_and(|it| is_tag(&it))
        })
    }

    /// What ends a round in which a place is treated.
    fn tried(
        &self,
        place: Vec<Step>,
        treatment: Treatment,
        decode: &mut dyn FnMut(&Self) -> Result<(), Fault>,
    ) -> Option<Fault> {
        let before = self.treated.borrow_mut().insert(place.clone(), treatment);
        self.place.borrow_mut().clear();
        self.is_trial.set(true);
        let ended = decode(self);
        self.is_trial.set(false);
        let mut treated = self.treated.borrow_mut();
        match before {
            Some(before) => treated.insert(place, before),
            None => treated.remove(&place),
        };
        ended.err()
    }

    /// Learns of what ended a round; whether another one would see more.
    fn learn(&self, fault: Fault) -> bool {
        let mut place = fault.place();
        let mut treated = self.treated.borrow_mut();
        let mut found = self.found.borrow_mut();
        let is_inside = |it: &Vec<Step>| it.starts_with(&place);
        let is_around = |it: &Vec<Step>| place.starts_with(it);
        let is_news = !found.keys().any(|it| is_inside(it) || is_around(it));
        if is_news && !treated.keys().any(is_inside) {
            found.insert(place.clone(), fault.message);
        }
        // The first that can still be treated, from the place outwards.
        while !place.is_empty() {
            let next = match treated.get(&place) {
                None => Treatment::StandIn,
                Some(Treatment::StandIn) => Treatment::Nothing,
                Some(Treatment::Nothing | Treatment::Word) => {
                    place.pop();
                    continue;
                }
            };
            treated.insert(place, next);
            return true;
        }
        false
    }
}

/// All that is wrong with a value, by place; `decode` decodes it, once a round.
pub(crate) fn survey(mut decode: impl FnMut(&Survey) -> Result<(), Fault>) -> Vec<DecodeError> {
    let survey = Survey::default();
    while survey.work.get() < WORK && survey.found.borrow().len() <= MOST {
        survey.place.borrow_mut().clear();
        match decode(&survey) {
            Ok(()) => break,
            Err(fault) => {
                let fault = match survey.located(&fault, &mut decode) {
                    Some(step) => fault.at(step),
                    None => fault,
                };
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
