//! Compares the documented options with the table of options.
