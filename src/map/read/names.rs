//! Which words say crosswalk: objects without a usable type are known by their names.

/// Words that alone name a crosswalk, without accents, as [`words`] writes them.
const CROSSWALKS: [&str; 22] = [
    "crosswalk",
    "crosswalks",
    "zebra",
    "zebrastreifen",
    "zebrapad",
    "fussgangeruberweg",
    "fussgaengerueberweg",
    "fussgangerfurt",
    "fussgaengerfurt",
    "crossing",
    "pedcrossing",
    "xwalk",
    "passadeira",
    "oversteekplaats",
    "overgangsstalle",
    "fodgaengerovergang",
    "fodgaengerfelt",
    "suojatie",
    "fotgjengerfelt",
    "斑马线",
    "人行横道",
    "横断歩道",
];

/// Pairs of words that together name one.
const PAIRS: [(&str, &str); 15] = [
    ("cross", "walk"),
    ("paso", "peatones"),
    ("paso", "peatonal"),
    ("paso", "cebra"),
    ("pas", "vianants"),
    ("passage", "pieton"),
    ("passage", "pietons"),
    ("passage", "cloute"),
    ("attraversamento", "pedonale"),
    ("attraversamenti", "pedonali"),
    ("strisce", "pedonali"),
    ("faixa", "pedestres"),
    ("travessia", "pedestres"),
    ("przejscie", "pieszych"),
    ("prechod", "chodce"),
];

/// Words of things beside or before a crosswalk, and of crossings that are none for pedestrians.
const OTHERS: [&str; 68] = [
    "sign",
    "signs",
    "signage",
    "signpost",
    "signal",
    "signals",
    "light",
    "lights",
    "lamp",
    "lamps",
    "beacon",
    "pole",
    "poles",
    "post",
    "posts",
    "mast",
    "stencil",
    "stencils",
    "button",
    "buttons",
    "pushbutton",
    "board",
    "plate",
    "marker",
    "bollard",
    "barrier",
    "fence",
    "gate",
    "camera",
    "detector",
    "sensor",
    "loop",
    "ramp",
    "tactile",
    "warning",
    "arrow",
    "stop",
    "stopline",
    "yield",
    "rail",
    "rails",
    "railroad",
    "railway",
    "train",
    "tram",
    "level",
    "bike",
    "bikes",
    "bicycle",
    "bicycles",
    "cycle",
    "cyclist",
    "animal",
    "animals",
    "wildlife",
    "deer",
    "cattle",
    "schild",
    "ampel",
    "lampe",
    "taster",
    "senal",
    "semaforo",
    "poste",
    "panneau",
    "feu",
    "segnale",
    "cartello",
];

/// Whether a name says that the thing is a crosswalk for pedestrians.
pub(super) fn says_crosswalk(name: &str) -> bool {
    let words = words(name);
    let has = |word: &str| words.iter().any(|w| w == word);
    let named = CROSSWALKS.iter().any(|w| has(w)) || PAIRS.iter().any(|(a, b)| has(a) && has(b));
    named && !words.iter().any(|w| OTHERS.contains(&w.as_str()))
}

/// Whether a subtype or name says that it is a crossing for cyclists.
pub(super) fn says_cyclists(name: &str) -> bool {
    const CYCLISTS: [&str; 9] =
        ["bike", "bikes", "bicycle", "bicycles", "bicyclist", "cycle", "cyclist", "biking", "radfahrerfurt"];
    let words = words(name);
    words.iter().any(|w| CYCLISTS.contains(&w.as_str())) && !words.iter().any(|w| w.starts_with("pedestrian"))
}

/// The words of a name in small letters without accents: parted at anything that is no letter, and where a capital
/// follows a small letter or begins a word (`SimpleCrosswalk01`, `STOPLine`). Only the beginning of a long name counts.
fn words(name: &str) -> Vec<String> {
    const MOST: usize = 200;
    let letters: Vec<char> = name.chars().take(MOST).collect();
    let mut words = vec![String::new()];
    for (i, letter) in letters.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| letters[i]);
        let after = letters.get(i + 1);
        let begins = letter.is_uppercase()
            && (before.is_some_and(char::is_lowercase) || after.is_some_and(|a| a.is_lowercase()));
        if begins || !letter.is_alphabetic() {
            words.push(String::new());
        }
        if letter.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            letter.to_lowercase().for_each(|l| push_plain(word, l));
        }
    }
    words.retain(|w| !w.is_empty());
    words
}

fn push_plain(word: &mut String, letter: char) {
    let plain = match letter {
        'á' | 'à' | 'â' | 'ä' | 'å' | 'ã' | 'ą' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' | 'ć' | 'č' => 'c',
        'ñ' | 'ń' => 'n',
        'ś' | 'š' => 's',
        'ř' => 'r',
        'ß' => {
            word.push('s');
            's'
        }
        'æ' => {
            word.push('a');
            'e'
        }
        other => other,
    };
    word.push(plain);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_crosswalks() {
        // RoadRunner's library: SimpleCrosswalk, ContinentalCrosswalk, LadderCrosswalk, ZebraCrosswalk, ..
        for name in [
            "SimpleCrosswalk",
            "ContinentalCrosswalk",
            "LadderCrosswalk_01",
            "crosswalk",
            "CROSSWALK",
            "Cross Walk",
            "cross-walk 3",
            "zebra crossing",
            "Zebra",
            "PedestrianCrossing",
            "pedestrian_crossing",
            "crossing",
            "School Crossing",
            "Zebrastreifen",
            "Fußgängerüberweg",
            "Fussgaengerueberweg 2",
            "paso de peatones",
            "Paso de cebra",
            "passage piéton",
            "PassagePieton",
            "passage clouté",
            "attraversamento pedonale",
            "przejście dla pieszych",
            "斑马线",
        ] {
            assert!(says_crosswalk(name), "{name}");
        }
    }

    #[test]
    fn names_of_other_things() {
        for name in [
            "",
            "Crosswalk sign",
            "CrosswalkSign",
            "crosswalkSignal",
            "Crosswalk_Light",
            "Crosswalk button",
            "Crosswalk pole",
            "ZebraCrossingBeacon",
            "Stencil_Crosswalk",
            "RailroadCrossing",
            "Railroad Crossing Stencil",
            "LevelCrossing",
            "level crossing",
            "BikeCrossing",
            "Deer crossing",
            "StopLine",
            "Stencil_STOP",
            "Stencil_ArrowType4R",
            "SignPost_10ft",
            "CrosshatchRegion",
            "ChevronRegion",
            "Crossbar",
            "Crossroads",
            "walk",
            "paso",
            "passage",
            "señal paso de peatones",
            "panneau passage piéton",
        ] {
            assert!(!says_crosswalk(name), "{name}");
        }
        assert!(says_cyclists("bicycle") && says_cyclists("bikeOnly") && says_cyclists("BIKE"));
        assert!(!says_cyclists("pedestrianAndBicycle") && !says_cyclists("pedestrian") && !says_cyclists(""));
        assert_eq!(words("STOPLine_2bÜber"), ["stop", "line", "b", "uber"]);
        assert_eq!(words(&"a".repeat(1 << 20))[0].len(), 200);
    }
}
