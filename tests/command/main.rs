//! The command from outside: its contract, broken trust policies, and real clients against `serve`.

#![expect(clippy::expect_used, reason = "a test that can't be set up has failed")]

mod aws_cli;
mod boto3;
mod can;
mod clients;
mod config;
mod contract;
mod decide;
mod exec;
mod explain;
mod pages;
mod running;
mod scaffolding;
mod serve;
mod support;
mod terminal;
mod terraform_plan;
mod token;
mod trust;
