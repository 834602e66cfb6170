//! Printable UTF-8, told apart from binary data, and what sort of text it evidently is.
//!
//! Text that was cut out of a file starts and ends anywhere, also within a character, and a log shown by a pager may have
//! lost single bytes; so a few odd bytes between long stretches of text do not end it.

use super::bytes::{counted, head, tail, window};
use std::ops::Range;

/// The shortest run that is text in the midst of binary data; machine code and tables often hold shorter ones.
const RUN: usize = 24;
/// The most odd bytes that may stand within text.
const ODD: usize = 3;
/// How much of a text is read to tell its sort.
const SAMPLE: usize = 16 << 10;

/// Runs of text, in order. Bytes that are nearly all text are one run, however short.
pub(super) fn runs(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut joined = joined(bytes);
    let is_all = |run: &Range<usize>| run.start <= ODD && bytes.len() - run.end <= ODD && run.len() > 2 * ODD;
    match joined.as_mut_slice() {
        [run] if is_all(run) => *run = 0..bytes.len(),
        [run] if run.len() == bytes.len() => {}
        _ => joined.retain(|run| run.len() >= RUN),
    }
    joined
}

/// Runs of at least `min` printable bytes, each in its whole length.
pub(super) fn long(bytes: &[u8], min: usize) -> impl Iterator<Item = Range<usize>> {
    stretches(bytes).into_iter().filter(move |run| run.len() >= min)
}

/// Stretches of printable characters, each as long as it can be.
fn stretches(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        for part in chunk.valid().split_inclusive(is_odd) {
            let good = part.strip_suffix(is_odd).unwrap_or(part).len();
            match stretches.last_mut() {
                Some(last) if last.end == at => last.end += good,
                _ if good > 0 => stretches.push(at..at + good),
                _ => {}
            }
            at += part.len();
        }
        at += chunk.invalid().len();
    }
    stretches
}

/// The control characters that texts do not hold. A form feed, and an escape that colours a terminal, they do.
fn is_odd(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c' | '\x1b')
}

/// Stretches joined over a few odd bytes, where there is enough text at both sides to say that it is one.
fn joined(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for next in stretches(bytes) {
        match joined.last_mut() {
            Some(last) if next.start - last.end <= ODD && last.len() >= RUN && next.len() >= RUN => last.end = next.end,
            _ => joined.push(next),
        }
    }
    joined
}

/// The phrase for a piece of text.
pub(super) fn detail(piece: &[u8]) -> String {
    let sort = sort(piece).unwrap_or("text");
    format!("{sort}, {}", lines_of(piece))
}

/// `3 lines`; the parts of lines at either end count as lines.
pub(super) fn lines_of(piece: &[u8]) -> String {
    let ends = memchr::memchr_iter(b'\n', piece).count();
    counted(if piece.ends_with(b"\n") { ends } else { ends + 1 }, "line", "lines")
}

/// What sort of text it is, when that is evident from its front or from most of its lines.
pub(super) fn sort(piece: &[u8]) -> Option<&'static str> {
    let sample = String::from_utf8_lossy(head(piece, SAMPLE));
    let front = sample.trim_start();
    let by_front = FRONTS.iter().find(|(mark, _)| front.starts_with(mark)).map(|(_, sort)| *sort);
    by_front.or_else(|| by_lines(&sample))
}

const FRONTS: &[(&str, &str)] = &[
    ("#!/bin/sh", "shell script"),
    ("#!/bin/bash", "shell script"),
    ("#!/usr/bin/env bash", "shell script"),
    ("#!/usr/bin/perl", "Perl script"),
    ("#!/usr/bin/python", "Python script"),
    ("#!/usr/bin/env python", "Python script"),
    ("<?xml", "XML"),
    ("<?php", "PHP source"),
    ("<!DOCTYPE html", "HTML"),
    ("<!doctype html", "HTML"),
    ("-----BEGIN ", "PEM data"),
    ("{\"", "JSON"),
    ("{\n", "JSON"),
    ("[{\"", "JSON"),
];

/// Whether a line is like those of a sort of text.
type Like = fn(&str) -> bool;

/// The sorts that are told by their lines.
const LINES: &[(&str, Like)] = &[
    ("XML or HTML", |line| line.starts_with('<') && line.ends_with('>')),
    ("JSON", |line| line.starts_with('"') && (line.contains("\": ") || line.ends_with("\","))),
    ("source code", is_source),
    ("configuration", is_setting),
    ("prose", is_prose),
];

/// The first sort that makes up half of the lines which say anything.
fn by_lines(sample: &str) -> Option<&'static str> {
    let lines: Vec<&str> = sample.lines().map(str::trim).filter(|line| line.len() > 2).collect();
    let is_most = |like: Like| lines.iter().filter(|line| like(line)).count() * 2 >= lines.len();
    let told = LINES.iter().find(|(_, like)| is_most(*like));
    told.filter(|_| lines.len() >= 3).map(|(sort, _)| *sort)
}

fn is_source(line: &str) -> bool {
    const STARTS: &[&str] =
        &["#include ", "#define ", "def ", "fn ", "return ", "import ", "if (", "// ", "/* ", "} else"];
    line.ends_with([';', '{', '}']) || STARTS.iter().any(|start| line.starts_with(start)) || line.ends_with("):")
}

fn is_setting(line: &str) -> bool {
    let is_key = |key: &str| {
        let key = key.trim_end();
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let is_section = line.starts_with('[') && line.ends_with(']');
    is_section || line.starts_with("# ") || line.split_once('=').is_some_and(|(key, _)| is_key(key))
}

fn is_prose(line: &str) -> bool {
    let words = line.split_whitespace().count();
    let letters = line.chars().filter(|c| c.is_alphabetic() || *c == ' ').count();
    words >= 5 && letters * 10 >= line.chars().count() * 9
}

/// The lines of a run of text, each with its range; the line's end belongs to it.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = tail(bytes, at);
        let len = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let range = at..at + len;
        at += len;
        // Odd bytes within a line leave its front to judge it by.
        let line = window(bytes, range.clone()).utf8_chunks().next().map_or("", |chunk| chunk.valid());
        (len > 0).then_some((range, line))
    })
}
