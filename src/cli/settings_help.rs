//! The settings as `--help` lists them, made of the file that documents them.

use std::fmt::Write;

use crate::config::DEFAULTS;

/// Widest line of a description, so that no usual terminal breaks it.
const WIDTH: usize = 78;

/// Longest setting with its default that has room beside its variable; the default of a longer one follows below.
const MAX_SETTING: usize = 60;

/// Every setting: its place in the file, its default, its variable, what it does.
pub fn settings() -> String {
    let mut help = String::from(
        "Settings come from defaults < file < environment < flags. Below they stand as in the file, with\n\
         their defaults and their variables. LEDGATE_CONFIG names the file, as --config does.\n",
    );
    let (mut section, mut comment) = ("", Vec::new());
    for line in DEFAULTS.lines() {
        if let Some(text) = line.strip_prefix('#') {
            comment.push(text.trim());
        } else if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name;
            let _ = writeln!(help, "\n[{section}]");
        } else if let Some((name, value)) = line.split_once(" = ") {
            let variable = format!("LEDGATE_{section}_{name}").to_ascii_uppercase();
            let mut setting = line.to_owned();
            if setting.len() > MAX_SETTING {
                setting = format!("{name} = …");
                comment.push("Default:");
                comment.push(value);
            }
            let _ = writeln!(help, "{setting:<41} {variable}{}", wrapped(&comment.join(" ")));
            comment.clear();
        } else {
            comment.clear();
        }
    }
    help.trim_end().to_owned()
}

/// The text in indented lines, each begun by a line break.
fn wrapped(text: &str) -> String {
    let (mut lines, mut column) = (String::new(), WIDTH);
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column + 1 + length > WIDTH {
            lines.push_str("\n    ");
            column = 4;
        } else {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_listed_with_its_variable() {
        let help = settings();
        for (setting, variable) in [
            ("url = \"sqlite://ledgate.db\"", "LEDGATE_DATABASE_URL"),
            ("request_timeout_seconds = 30", "LEDGATE_HTTP_REQUEST_TIMEOUT_SECONDS"),
            ("listen = \"\"", "LEDGATE_METRICS_LISTEN"),
        ] {
            assert!(help.lines().any(|line| line.starts_with(setting) && line.ends_with(variable)), "{help}");
        }
        let settings = DEFAULTS.lines().filter(|line| !line.starts_with('#') && line.contains(" = ")).count();
        assert_eq!(help.lines().filter(|line| line.contains(" = ")).count(), settings);
        assert!(help.lines().all(|line| line.chars().count() <= 100 || line.contains("https://")), "{help}");
    }
}
