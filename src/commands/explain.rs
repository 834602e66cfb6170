//! `arraywatch explain`: the article of a case code.

use super::{Common, Exit, complain, print, print_json};
use crate::diagnosis::{Article, article};
use crate::model::Code;
use crate::report::{json, text};
use crate::words::clean;

pub(super) fn run(code: Option<&str>, common: &Common) -> Exit {
    let wanted: Vec<Article> = match code {
        None => Code::ALL.map(article).to_vec(),
        Some(code) => match Code::ALL.into_iter().find(|known| known.code() == code) {
            Some(code) => vec![article(code)],
            None => {
                complain(&format!("no such code: {}; `arraywatch explain` lists them", clean(code)));
                return Exit::Usage;
            }
        },
    };
    if common.json {
        return print_json(&json::explain(&wanted), Exit::Healthy);
    }
    let page = match (code, wanted.first()) {
        (Some(_), Some(article)) => text::explain(article),
        _ => text::list_codes(&wanted),
    };
    print(&page, Exit::Healthy)
}
