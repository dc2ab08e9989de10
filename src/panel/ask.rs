//! What is asked, and what people do with it.

/// How an answer is given.
#[derive(Debug, Clone, PartialEq)]
pub enum Control {
    /// Steps in a row, with words at some of them.
    Likert {
        /// Lowest answer.
        least: i64,
        /// Highest answer.
        most: i64,
        /// Words at single answers.
        anchors: Vec<(i64, String)>,
    },
    /// Steps between two opposite words.
    Differential {
        /// Lowest answer.
        least: i64,
        /// Highest answer.
        most: i64,
        /// Words at both ends.
        poles: (String, String),
    },
    /// A line.
    Slider {
        /// Lowest answer.
        least: i64,
        /// Highest answer.
        most: i64,
        /// Words at single answers.
        anchors: Vec<(i64, String)>,
    },
    /// One of some options.
    Choice {
        /// Word stored and words shown.
        options: Vec<(String, String)>,
    },
    /// A number, with a keypad.
    Number {
        /// Least.
        least: f64,
        /// Most.
        most: f64,
        /// Unit shown, may be empty.
        unit: String,
    },
    /// Nothing but a button to go on: texts, pauses.
    GoOn,
    /// Yes or no: consent.
    YesNo,
    /// Nothing at all: something is shown while others are busy.
    Show,
    /// What was answered so far, to be changed or confirmed.
    Review {
        /// The item's id, its question, and the answer in words.
        answers: Vec<(String, String, String)>,
    },
}

/// A panel's content.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// Language of the panel's own words, such as `en`; unknown ones are English.
    pub language: String,
    /// Small line above, such as the instrument's title.
    pub title: String,
    /// Which of how many.
    pub progress: Option<(usize, usize)>,
    /// The question or text.
    pub text: String,
    /// How it is answered.
    pub control: Control,
    /// Whether it may be left out.
    pub optional: bool,
    /// Whether there is a question before it to go back to.
    pub back: bool,
    /// The answer given before, when it is asked again.
    pub before: Option<String>,
}

/// What the person does in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pointing {
    /// Where the ray of controller, hand, head or mouse meets the panel: 0 to 1 from the left, 0 to 1 from the top.
    pub at: Option<[f64; 2]>,
    /// Whether select (trigger, pinch, mouse button) is held.
    pub select: bool,
    /// Thumbstick or arrow keys: right and up, -1 to 1 each.
    pub stick: [f64; 2],
    /// Whether back (B, Backspace) is held.
    pub back: bool,
    /// Whether there is nothing to press: what the ray rests on is chosen.
    pub dwells: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// The answer as the instrument stores it; none when left out. `yes` and `no` for consent; none for a text that was
    /// read and for a review in which all is right, else the id of the item to change.
    Answer(Option<String>),
    /// Back to the question before.
    Back,
}
