//! The article of a code, for people.

use super::page::{BAD, Page};
use crate::diagnosis::Article;

/// An article.
pub fn explain(article: &Article) -> String {
    let mut page = Page::new();
    page.styled(0, &format!("{}  ", article.code.code()), BAD, article.title);
    for (heading, text) in [
        ("What it means", article.means),
        ("What is at stake", article.at_stake),
        ("What to do", article.to_do),
        ("What not to do", article.not_to_do),
    ] {
        page.heading(heading);
        page.markdown(2, text);
    }
    page.finish()
}

/// The codes, a line each.
pub fn list_codes(articles: &[Article]) -> String {
    let mut page = Page::new();
    for article in articles {
        page.item(0, &format!("{:<22}", article.code.code()), article.title);
    }
    page.blank();
    page.item(0, "", "For the article of one: arraywatch explain CODE");
    page.finish()
}
