//! The crate from outside: what others send and answer, and what nobody should.

mod answers;
mod chunked;
mod fuzz;
mod installed;
mod random;
mod requests;
mod round_trip;
mod runner;
mod sigv4_errors;
mod sigv4_vectors;
