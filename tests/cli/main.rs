//! The program as people and CI run it: on small repositories in a temporary folder.

mod base_model;
mod baseline;
mod commands;
mod config;
mod errors;
mod exit_codes;
mod formats;
mod repository;
mod stats;
mod why;
