//! What a setting is made of. Each stands in one place, `sections.rs`, with its type, its default, its bounds and what it
//! does; everything else that knows it is made of that.

use std::ops::RangeInclusive;

/// A number beyond its bounds.
pub(super) struct OutOfRange {
    pub(super) setting: &'static str,
    pub(super) reason: String,
}

/// The fault of a number that is not within its bounds, if it is not.
pub(super) fn within(
    setting: &'static str,
    value: impl TryInto<u64>,
    bounds: RangeInclusive<u64>,
) -> Option<OutOfRange> {
    let value = value.try_into().unwrap_or(u64::MAX);
    (!bounds.contains(&value)).then(|| OutOfRange {
        setting,
        reason: format!("{value} is not between {} and {}", bounds.start(), bounds.end()),
    })
}

/// Makes of the definitions: a struct for each section, `Settings` with all of them, the check of the bounds, and
/// `DEFAULTS`, the file `config.default.toml` that documents them and is the first layer. A default is written as TOML
/// writes it, which is how Rust does for numbers, texts, `true` and the empty list. A long list is a text with commas.
macro_rules! settings {
    ($(
        $(#[doc = $about:literal])+
        [$section:ident] $name:ident {$(
            $(#[doc = $text:literal])+
            $(#[serde($serde:meta)])?
            $setting:ident: $type:ty = $default:tt $(, from $least:literal to $most:literal)?;
        )+}
    )+) => {
        $(
            $(#[doc = $about])+
            #[derive(Clone, Debug, Deserialize, Serialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name {$(
                $(#[doc = $text])+
                $(#[serde($serde)])?
                pub $setting: $type,
            )+}
        )+

        /// Everything that can be set. Printed or logged, it does not give the database password away.
        #[derive(Clone, Debug, Deserialize, Serialize)]
        #[serde(deny_unknown_fields)]
        pub struct Settings {
            $(
                $(#[doc = $about])+
                pub $section: $name,
            )+
            /// The file that was read, if any. Not a setting.
            #[serde(skip)]
            pub file: Option<PathBuf>,
        }

        impl Settings {
            /// Every number that is beyond its bounds, in the order of the file.
            pub(super) fn out_of_bounds(&self) -> Vec<OutOfRange> {
                let mut faults = Vec::new();
                $($($(
                    faults.extend(within(
                        concat!(stringify!($section), ".", stringify!($setting)),
                        self.$section.$setting,
                        $least..=$most,
                    ));
                )?)+)+
                faults
            }
        }

        /// The defaults layer, for `--help` and the documentation to print: every setting with its comment.
        pub const DEFAULTS: &str = concat!(
            "# Every setting of ledgate, with its default. A file of your own needs only what differs: ledgate reads\n",
            "# `ledgate.toml` in the working directory, or the file named by --config or LEDGATE_CONFIG.\n",
            "#\n",
            "# Each setting can also be given in the environment, as LEDGATE_SECTION_SETTING: LEDGATE_HTTP_LISTEN is\n",
            "# `listen` under [http]. A flag overrides the environment, and the environment overrides the file. A list may\n",
            "# also be one text with commas between its items, as it is in the environment.\n",
            $(
                "\n[", stringify!($section), "]",
                $(
                    "\n",
                    $("#", $text, "\n",)+
                    $("# From ", $least, " to ", $most, ".\n",)?
                    stringify!($setting), " = ", stringify!($default), "\n",
                )+
            )+
        );
    };
}

pub(super) use settings;
