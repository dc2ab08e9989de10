//! The panel's own words in the languages that people are asked in. `{}` stands for what is put in.

/// What a panel itself says.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// Confirms an answer.
    pub next: &'static str,
    /// To the next page of a text.
    pub more: &'static str,
    /// To what was before.
    pub back: &'static str,
    /// Gives no answer.
    pub leave_out: &'static str,
    /// Agrees.
    pub yes: &'static str,
    /// Does not.
    pub no: &'static str,
    /// Confirms all answers.
    pub right: &'static str,
    /// Asks one again.
    pub change: &'static str,
    /// From least to most.
    pub range: &'static str,
    /// Somebody else is busy.
    pub wait: &'static str,
    /// The answer cannot be given here.
    pub aloud: &'static str,
    /// Above a list of one's answers.
    pub review: &'static str,
    /// So many seconds to go.
    pub seconds: &'static str,
}

/// The words of a language such as `de` or `pt-BR`; English where it is not known.
pub fn words(language: &str) -> &'static Words {
    let primary = primary(language);
    ALL.iter().find(|(code, _)| *code == primary).map_or(&ENGLISH, |(_, words)| words)
}

/// The first part of a language's code, in small letters.
pub(super) fn primary(language: &str) -> String {
    language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// The language that the letters of a text speak for, where nothing else is known.
pub fn language_of(text: &str) -> &'static str {
    let of = |c: char| match c {
        '\u{370}'..='\u{3ff}' => Some("el"),
        '\u{400}'..='\u{52f}' => Some("ru"),
        '\u{590}'..='\u{5ff}' => Some("he"),
        '\u{600}'..='\u{6ff}' => Some("ar"),
        _ => None,
    };
    let latin = |c: &char| c.is_ascii_alphabetic();
    text.chars().take_while(|c| !latin(c)).find_map(of).unwrap_or("en")
}

/// Whether a text is read from right to left: by its first letter, or else by its language.
pub(super) fn right_to_left(text: &str, language: &str) -> bool {
    let right = |c: char| matches!(c, '\u{590}'..='\u{6ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
    text.chars().find(|c| c.is_alphabetic()).map_or_else(
        || ["ar", "he", "fa", "ur", "yi"].iter().any(|code| language.to_ascii_lowercase().starts_with(code)),
        right,
    )
}

const ENGLISH: Words = Words {
    next: "Next",
    more: "Read on",
    back: "Back",
    leave_out: "Leave out",
    yes: "Yes",
    no: "No",
    right: "All is right",
    change: "Change this",
    range: "{} to {}",
    wait: "Please wait.",
    aloud: "Please say your answer: it is written down for you.",
    review: "Are your answers right? Choose one to change it.",
    seconds: "another {} s",
};

const ALL: [(&str, Words); 13] = [
    ("en", ENGLISH),
    (
        "de",
        Words {
            next: "Weiter",
            more: "Weiterlesen",
            back: "Zurück",
            leave_out: "Auslassen",
            yes: "Ja",
            no: "Nein",
            right: "Alles richtig",
            change: "Ändern",
            range: "{} bis {}",
            wait: "Bitte warten.",
            aloud: "Bitte sagen Sie Ihre Antwort: Sie wird für Sie aufgeschrieben.",
            review: "Stimmen Ihre Antworten? Wählen Sie eine, um sie zu ändern.",
            seconds: "noch {} s",
        },
    ),
    (
        "fr",
        Words {
            next: "Suivant",
            more: "Lire la suite",
            back: "Retour",
            leave_out: "Passer",
            yes: "Oui",
            no: "Non",
            right: "Tout est correct",
            change: "Modifier",
            range: "de {} à {}",
            wait: "Veuillez patienter.",
            aloud: "Veuillez dire votre réponse : elle est notée pour vous.",
            review: "Vos réponses sont-elles correctes ? Choisissez-en une pour la modifier.",
            seconds: "encore {} s",
        },
    ),
    (
        "es",
        Words {
            next: "Siguiente",
            more: "Seguir leyendo",
            back: "Atrás",
            leave_out: "Omitir",
            yes: "Sí",
            no: "No",
            right: "Todo correcto",
            change: "Cambiar",
            range: "de {} a {}",
            wait: "Por favor, espere.",
            aloud: "Por favor, diga su respuesta: se anotará por usted.",
            review: "¿Son correctas sus respuestas? Elija una para cambiarla.",
            seconds: "{} s más",
        },
    ),
    (
        "it",
        Words {
            next: "Avanti",
            more: "Continua a leggere",
            back: "Indietro",
            leave_out: "Salta",
            yes: "Sì",
            no: "No",
            right: "Tutto giusto",
            change: "Modifica",
            range: "da {} a {}",
            wait: "Attendere, per favore.",
            aloud: "Dica la Sua risposta: viene annotata per Lei.",
            review: "Le Sue risposte sono giuste? Ne scelga una per modificarla.",
            seconds: "ancora {} s",
        },
    ),
    (
        "nl",
        Words {
            next: "Volgende",
            more: "Verder lezen",
            back: "Terug",
            leave_out: "Overslaan",
            yes: "Ja",
            no: "Nee",
            right: "Alles klopt",
            change: "Wijzigen",
            range: "{} tot {}",
            wait: "Een ogenblik geduld.",
            aloud: "Zeg uw antwoord: het wordt voor u opgeschreven.",
            review: "Kloppen uw antwoorden? Kies er een om het te wijzigen.",
            seconds: "nog {} s",
        },
    ),
    (
        "pt",
        Words {
            next: "Seguinte",
            more: "Ler mais",
            back: "Voltar",
            leave_out: "Omitir",
            yes: "Sim",
            no: "Não",
            right: "Está tudo certo",
            change: "Alterar",
            range: "de {} a {}",
            wait: "Por favor, aguarde.",
            aloud: "Por favor, diga a sua resposta: será anotada por si.",
            review: "As suas respostas estão certas? Escolha uma para a alterar.",
            seconds: "mais {} s",
        },
    ),
    (
        "pl",
        Words {
            next: "Dalej",
            more: "Czytaj dalej",
            back: "Wstecz",
            leave_out: "Pomiń",
            yes: "Tak",
            no: "Nie",
            right: "Wszystko się zgadza",
            change: "Zmień",
            range: "od {} do {}",
            wait: "Proszę czekać.",
            aloud: "Proszę powiedzieć odpowiedź: zostanie zapisana.",
            review: "Czy odpowiedzi są poprawne? Wybierz odpowiedź, aby ją zmienić.",
            seconds: "jeszcze {} s",
        },
    ),
    (
        "tr",
        Words {
            next: "İleri",
            more: "Okumaya devam et",
            back: "Geri",
            leave_out: "Boş bırak",
            yes: "Evet",
            no: "Hayır",
            right: "Hepsi doğru",
            change: "Değiştir",
            range: "{} – {}",
            wait: "Lütfen bekleyin.",
            aloud: "Lütfen yanıtınızı söyleyin: sizin için yazılacak.",
            review: "Yanıtlarınız doğru mu? Değiştirmek için birini seçin.",
            seconds: "{} s daha",
        },
    ),
    (
        "el",
        Words {
            next: "Επόμενο",
            more: "Συνέχεια",
            back: "Πίσω",
            leave_out: "Παράλειψη",
            yes: "Ναι",
            no: "Όχι",
            right: "Όλα σωστά",
            change: "Αλλαγή",
            range: "από {} έως {}",
            wait: "Παρακαλώ περιμένετε.",
            aloud: "Παρακαλώ πείτε την απάντησή σας: θα καταγραφεί για εσάς.",
            review: "Είναι σωστές οι απαντήσεις σας; Επιλέξτε μία για να την αλλάξετε.",
            seconds: "ακόμη {} s",
        },
    ),
    (
        "ru",
        Words {
            next: "Далее",
            more: "Читать дальше",
            back: "Назад",
            leave_out: "Пропустить",
            yes: "Да",
            no: "Нет",
            right: "Всё верно",
            change: "Изменить",
            range: "от {} до {}",
            wait: "Пожалуйста, подождите.",
            aloud: "Пожалуйста, скажите ваш ответ: его запишут за вас.",
            review: "Ваши ответы верны? Выберите ответ, чтобы его изменить.",
            seconds: "ещё {} с",
        },
    ),
    (
        "ar",
        Words {
            next: "التالي",
            more: "متابعة القراءة",
            back: "رجوع",
            leave_out: "تخطي",
            yes: "نعم",
            no: "لا",
            right: "كل شيء صحيح",
            change: "تغيير",
            range: "من {} إلى {}",
            wait: "يرجى الانتظار.",
            aloud: "يرجى قول إجابتك: ستُكتب نيابةً عنك.",
            review: "هل إجاباتك صحيحة؟ اختر إجابة لتغييرها.",
            seconds: "بعد {} ثانية",
        },
    ),
    (
        "he",
        Words {
            next: "הבא",
            more: "המשך קריאה",
            back: "חזרה",
            leave_out: "דילוג",
            yes: "כן",
            no: "לא",
            right: "הכול נכון",
            change: "שינוי",
            range: "מ־{} עד {}",
            wait: "נא להמתין.",
            aloud: "נא לומר את התשובה: היא תירשם עבורך.",
            review: "האם התשובות נכונות? אפשר לבחור תשובה כדי לשנות אותה.",
            seconds: "עוד {} שניות",
        },
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::missing_glyphs;

    #[test]
    fn languages_by_code_and_by_letters() {
        assert_eq!(words("pt-BR").next, "Seguinte");
        assert_eq!(words("DE_at").next, "Weiter");
        assert_eq!(words("ja").next, "Next");
        for (code, words) in &ALL {
            let first = [words.next, words.more, words.back, words.leave_out, words.right, words.change, words.range];
            let second = [words.yes, words.no, words.wait, words.aloud, words.review, words.seconds];
            assert_eq!(words.seconds.matches("{}").count(), 1, "{code}");
            for text in first.into_iter().chain(second) {
                assert_eq!(missing_glyphs(text), Vec::<char>::new(), "{code}");
            }
            assert_eq!(words.range.matches("{}").count(), 2, "{code}");
            assert_eq!(right_to_left(words.next, "en"), ["ar", "he"].contains(code), "{code}");
        }
        for (text, language) in [("Ich", "en"), ("1. Как?", "ru"), ("Πώς", "el"), ("كيف", "ar"), ("איך", "he")]
        {
            assert_eq!(language_of(text), language, "{text}");
        }
        assert!(right_to_left("...", "ar") && !right_to_left("...", "de") && !right_to_left("CARLA שלום", "he"));
    }
}
