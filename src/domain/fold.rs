//! Letter case, alike on both databases. SQLite ignores case for A to Z only and PostgreSQL as its locale
//! says, so the program spells out the variants of every letter itself, by Unicode's simple case folding.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// Every character that differs from this one in case only, itself included, in ascending order.
pub fn case_variants(character: char) -> Vec<char> {
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(character, character)]);
    // Fails only when built without Unicode tables; the character alone is then the right answer for none.
    if class.try_case_fold_simple().is_err() {
        return vec![character];
    }
    class.iter().flat_map(|range| range.start()..=range.end()).collect()
}

/// The text with every character replaced by the first of its case variants: equal exactly when two texts
/// differ in case only.
pub fn fold(text: &str) -> String {
    text.chars().map(|c| case_variants(c).first().copied().unwrap_or(c)).collect()
}

/// A regular expression that finds the text whatever its case, written so that PostgreSQL's `~` and the
/// `regex` crate (SQLite's REGEXP here) read it alike: only literals and bracketed letters.
pub fn pattern(text: &str) -> String {
    let mut pattern = String::new();
    for character in text.chars() {
        let variants = case_variants(character);
        if variants.len() > 1 {
            pattern.push('[');
            pattern.extend(variants);
            pattern.push(']');
        } else {
            if regex_syntax::is_meta_character(character) {
                pattern.push('\\');
            }
            pattern.push(character);
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_beyond_a_to_z_have_case() {
        assert_eq!(fold("ÉTÉ ΟΔΟΣ straße"), fold("été οδος STRAßE"));
        assert_eq!(case_variants('ς'), vec!['Σ', 'ς', 'σ']);
        assert_eq!(pattern("a%_é."), "[Aa]%_[Éé]\\.");
    }
}
