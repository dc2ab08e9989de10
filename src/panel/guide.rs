//! What a headset and a window say of finding one's place: how the street is laid into the room, the way back into it,
//! which keys walk. In the languages of the panel's own words.

use super::words::primary;

/// What people are told.
#[derive(Debug, PartialEq, Eq)]
pub struct Guide {
    /// To somebody who has left the walking area; `{}`: which way is back.
    outside: &'static str,
    /// Ahead, back, to the left, to the right.
    ways: [&'static str; 4],
    /// Which mark to touch: the start mark, the second, the third.
    pub marks: [&'static str; 3],
    /// To stand on the start mark.
    pub stand: &'static str,
    /// To keep still there.
    pub still: &'static str,
    /// Why a touch did not count: nobody saw the controller.
    pub untracked: &'static str,
    /// Why it begins anew: the touches do not fit the marks.
    pub apart: &'static str,
    /// Why it begins anew: nobody stood still.
    pub moved: &'static str,
    /// A window's keys.
    pub keys: &'static str,
}

/// A way to walk, as somebody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Straight on.
    Ahead,
    /// Backwards.
    Back,
    /// To the left.
    Left,
    /// To the right.
    Right,
}

impl Way {
    /// The nearest to so much ahead and so much to the right.
    pub fn of(ahead: f64, right: f64) -> Self {
        match (ahead.abs() >= right.abs(), ahead >= 0.0, right >= 0.0) {
            (true, true, _) => Self::Ahead,
            (true, false, _) => Self::Back,
            (false, _, false) => Self::Left,
            (false, _, true) => Self::Right,
        }
    }
}

impl Guide {
    /// To somebody who has left the walking area.
    pub fn way_back(&self, way: Way) -> String {
        let [ahead, back, left, right] = self.ways;
        let way = match way {
            Way::Ahead => ahead,
            Way::Back => back,
            Way::Left => left,
            Way::Right => right,
        };
        self.outside.replacen("{}", way, 1)
    }
}

/// What people are told in a language such as `de` or `pt-BR`; English where it is not known.
pub fn guide(language: &str) -> &'static Guide {
    let primary = primary(language);
    ALL.iter().find(|(code, _)| *code == primary).map_or(&ENGLISH, |(_, guide)| guide)
}

const ENGLISH: Guide = Guide {
    outside: "You have left the area to walk in. Please go {}.",
    ways: ["straight ahead", "back", "to the left", "to the right"],
    marks: [
        "Touch the start mark on the floor with the tip of the controller and select.",
        "Touch the second mark, 2 m ahead of the start mark, and select.",
        "Touch the third mark, 1 m to the left of the start mark, and select. Without a third mark: back.",
    ],
    stand: "Stand on the start mark and look straight across the road. Then select.",
    still: "Look straight across the road and keep still for two seconds.",
    untracked: "The controller was not seen. Hold it where the headset sees it.",
    apart: "That does not fit where the marks are. Once more, from the first.",
    moved: "That was not still enough. Once more.",
    keys: "Click into the picture, then look around with the mouse.\nW A S D or the arrow keys walk, Shift hurries.\nEsc gives the mouse back, F11 fills the screen, F12 stops the trial.\nEnter goes on: then wait at the kerb for the cars.",
};

const ALL: [(&str, Guide); 13] = [
    ("en", ENGLISH),
    (
        "de",
        Guide {
            outside: "Sie haben den Bereich zum Gehen verlassen. Bitte gehen Sie {}.",
            ways: ["geradeaus", "zurück", "nach links", "nach rechts"],
            marks: [
                "Berühren Sie die Startmarke am Boden mit der Spitze des Controllers und drücken Sie die Auswahltaste.",
                "Berühren Sie die zweite Marke, 2 m vor der Startmarke, und drücken Sie die Auswahltaste.",
                "Berühren Sie die dritte Marke, 1 m links von der Startmarke, und drücken Sie die Auswahltaste. Ohne dritte Marke: zurück.",
            ],
            stand: "Stellen Sie sich auf die Startmarke und schauen Sie gerade über die Straße. Drücken Sie dann die Auswahltaste.",
            still: "Schauen Sie gerade über die Straße und halten Sie zwei Sekunden still.",
            untracked: "Der Controller wurde nicht gesehen. Halten Sie ihn dorthin, wo die Brille ihn sieht.",
            apart: "Das passt nicht zu den Marken. Bitte noch einmal, von der ersten an.",
            moved: "Das war nicht ruhig genug. Bitte noch einmal.",
            keys: "Klicken Sie in das Bild, dann schauen Sie sich mit der Maus um.\nW A S D oder die Pfeiltasten gehen, Umschalt eilt.\nEsc gibt die Maus frei, F11 füllt den Bildschirm, F12 bricht den Durchgang ab.\nEnter geht weiter: Warten Sie dann am Bordstein auf die Autos.",
        },
    ),
    (
        "fr",
        Guide {
            outside: "Vous avez quitté la zone de marche. Veuillez aller {}.",
            ways: ["tout droit", "en arrière", "à gauche", "à droite"],
            marks: [
                "Touchez la marque de départ au sol avec la pointe de la manette et validez.",
                "Touchez la deuxième marque, 2 m devant la marque de départ, et validez.",
                "Touchez la troisième marque, 1 m à gauche de la marque de départ, et validez. Sans troisième marque : retour.",
            ],
            stand: "Placez-vous sur la marque de départ et regardez droit de l’autre côté de la rue. Puis validez.",
            still: "Regardez droit de l’autre côté de la rue et restez immobile deux secondes.",
            untracked: "La manette n’a pas été vue. Tenez-la là où le casque la voit.",
            apart: "Cela ne correspond pas aux marques. Recommencez à la première.",
            moved: "Ce n’était pas assez immobile. Recommencez.",
            keys: "Cliquez dans l’image, puis regardez autour de vous avec la souris.\nW A S D ou les flèches font marcher, Maj accélère.\nÉchap rend la souris, F11 remplit l’écran, F12 arrête l’essai.\nEntrée continue : attendez ensuite les voitures au bord du trottoir.",
        },
    ),
    (
        "es",
        Guide {
            outside: "Ha salido de la zona para caminar. Por favor, vaya {}.",
            ways: ["todo recto", "hacia atrás", "a la izquierda", "a la derecha"],
            marks: [
                "Toque la marca de salida del suelo con la punta del mando y confirme.",
                "Toque la segunda marca, 2 m por delante de la marca de salida, y confirme.",
                "Toque la tercera marca, 1 m a la izquierda de la marca de salida, y confirme. Sin tercera marca: atrás.",
            ],
            stand: "Colóquese sobre la marca de salida y mire recto al otro lado de la calle. Después confirme.",
            still: "Mire recto al otro lado de la calle y no se mueva durante dos segundos.",
            untracked: "No se ha visto el mando. Sosténgalo donde el visor lo vea.",
            apart: "Eso no coincide con las marcas. Otra vez, desde la primera.",
            moved: "No estuvo lo bastante quieto. Otra vez.",
            keys: "Haga clic en la imagen y mire alrededor con el ratón.\nW A S D o las flechas caminan, Mayús acelera.\nEsc libera el ratón, F11 llena la pantalla, F12 detiene el ensayo.\nIntro continúa: espere entonces los coches en el bordillo.",
        },
    ),
    (
        "it",
        Guide {
            outside: "È uscito dall’area in cui si cammina. Vada {}, per favore.",
            ways: ["dritto", "indietro", "a sinistra", "a destra"],
            marks: [
                "Tocchi il segno di partenza sul pavimento con la punta del controller e confermi.",
                "Tocchi il secondo segno, 2 m davanti al segno di partenza, e confermi.",
                "Tocchi il terzo segno, 1 m a sinistra del segno di partenza, e confermi. Senza terzo segno: indietro.",
            ],
            stand: "Si metta sul segno di partenza e guardi dritto oltre la strada. Poi confermi.",
            still: "Guardi dritto oltre la strada e resti fermo per due secondi.",
            untracked: "Il controller non è stato visto. Lo tenga dove il visore lo vede.",
            apart: "Non corrisponde ai segni. Ancora una volta, dal primo.",
            moved: "Non era abbastanza fermo. Ancora una volta.",
            keys: "Faccia clic nell’immagine, poi si guardi intorno con il mouse.\nW A S D o le frecce camminano, Maiusc accelera.\nEsc libera il mouse, F11 riempie lo schermo, F12 ferma la prova.\nInvio continua: poi aspetti le auto sul ciglio.",
        },
    ),
    (
        "nl",
        Guide {
            outside: "U bent buiten het loopgebied. Ga {}.",
            ways: ["rechtdoor", "achteruit", "naar links", "naar rechts"],
            marks: [
                "Raak de startmarkering op de vloer aan met de punt van de controller en bevestig.",
                "Raak de tweede markering aan, 2 m voor de startmarkering, en bevestig.",
                "Raak de derde markering aan, 1 m links van de startmarkering, en bevestig. Zonder derde markering: terug.",
            ],
            stand: "Ga op de startmarkering staan en kijk recht over de weg. Bevestig dan.",
            still: "Kijk recht over de weg en sta twee seconden stil.",
            untracked: "De controller was niet te zien. Houd hem waar de bril hem ziet.",
            apart: "Dat past niet bij de markeringen. Nog een keer, vanaf de eerste.",
            moved: "Dat was niet stil genoeg. Nog een keer.",
            keys: "Klik in het beeld en kijk dan rond met de muis.\nW A S D of de pijltoetsen lopen, Shift gaat sneller.\nEsc geeft de muis vrij, F11 vult het scherm, F12 stopt de proef.\nEnter gaat verder: wacht dan aan de stoeprand op de auto’s.",
        },
    ),
    (
        "pt",
        Guide {
            outside: "Saiu da área de caminhada. Por favor, vá {}.",
            ways: ["em frente", "para trás", "para a esquerda", "para a direita"],
            marks: [
                "Toque na marca de partida no chão com a ponta do comando e confirme.",
                "Toque na segunda marca, 2 m à frente da marca de partida, e confirme.",
                "Toque na terceira marca, 1 m à esquerda da marca de partida, e confirme. Sem terceira marca: voltar.",
            ],
            stand: "Fique sobre a marca de partida e olhe a direito para o outro lado da rua. Depois confirme.",
            still: "Olhe a direito para o outro lado da rua e fique imóvel dois segundos.",
            untracked: "O comando não foi visto. Segure-o onde o visor o veja.",
            apart: "Isso não corresponde às marcas. Mais uma vez, desde a primeira.",
            moved: "Não esteve suficientemente imóvel. Mais uma vez.",
            keys: "Clique na imagem e olhe em volta com o rato.\nW A S D ou as setas caminham, Shift acelera.\nEsc liberta o rato, F11 enche o ecrã, F12 para o ensaio.\nEnter continua: depois espere pelos carros junto ao lancil.",
        },
    ),
    (
        "pl",
        Guide {
            outside: "Poza obszarem do chodzenia. Proszę iść {}.",
            ways: ["prosto", "do tyłu", "w lewo", "w prawo"],
            marks: [
                "Proszę dotknąć znaku startu na podłodze końcem kontrolera i zatwierdzić.",
                "Proszę dotknąć drugiego znaku, 2 m przed znakiem startu, i zatwierdzić.",
                "Proszę dotknąć trzeciego znaku, 1 m w lewo od znaku startu, i zatwierdzić. Bez trzeciego znaku: wstecz.",
            ],
            stand: "Proszę stanąć na znaku startu i patrzeć prosto na drugą stronę ulicy. Potem zatwierdzić.",
            still: "Proszę patrzeć prosto na drugą stronę ulicy i nie ruszać się przez dwie sekundy.",
            untracked: "Kontroler nie był widoczny. Proszę trzymać go tam, gdzie gogle go widzą.",
            apart: "To nie pasuje do znaków. Jeszcze raz, od pierwszego.",
            moved: "To nie było dość nieruchomo. Jeszcze raz.",
            keys: "Proszę kliknąć w obraz i rozglądać się myszą.\nW A S D lub strzałki: chodzenie, Shift: szybciej.\nEsc zwalnia mysz, F11 wypełnia ekran, F12 przerywa próbę.\nEnter idzie dalej: potem proszę czekać na samochody przy krawężniku.",
        },
    ),
    (
        "tr",
        Guide {
            outside: "Yürüme alanının dışına çıktınız. Lütfen {} gidin.",
            ways: ["ileri", "geri", "sola", "sağa"],
            marks: [
                "Kumandanın ucuyla yerdeki başlangıç işaretine dokunun ve seçin.",
                "Başlangıç işaretinin 2 m önündeki ikinci işarete dokunun ve seçin.",
                "Başlangıç işaretinin 1 m solundaki üçüncü işarete dokunun ve seçin. Üçüncü işaret yoksa: geri.",
            ],
            stand: "Başlangıç işaretinin üzerinde durun ve yolun karşısına dümdüz bakın. Sonra seçin.",
            still: "Yolun karşısına dümdüz bakın ve iki saniye kıpırdamadan durun.",
            untracked: "Kumanda görülmedi. Onu başlığın gördüğü yerde tutun.",
            apart: "Bu, işaretlerin yerine uymuyor. İlkinden başlayarak bir daha.",
            moved: "Yeterince hareketsiz değildi. Bir daha.",
            keys: "Görüntüye tıklayın, sonra fareyle etrafa bakın.\nW A S D veya ok tuşları yürütür, Shift hızlandırır.\nEsc fareyi bırakır, F11 ekranı doldurur, F12 denemeyi durdurur.\nEnter devam eder: sonra kaldırımda arabaları bekleyin.",
        },
    ),
    (
        "el",
        Guide {
            outside: "Βγήκατε από τον χώρο βαδίσματος. Παρακαλώ πηγαίνετε {}.",
            ways: ["ευθεία", "πίσω", "αριστερά", "δεξιά"],
            marks: [
                "Αγγίξτε το σημάδι εκκίνησης στο πάτωμα με την άκρη του χειριστηρίου και επιλέξτε.",
                "Αγγίξτε το δεύτερο σημάδι, 2 m μπροστά από το σημάδι εκκίνησης, και επιλέξτε.",
                "Αγγίξτε το τρίτο σημάδι, 1 m αριστερά από το σημάδι εκκίνησης, και επιλέξτε. Χωρίς τρίτο σημάδι: πίσω.",
            ],
            stand: "Σταθείτε στο σημάδι εκκίνησης και κοιτάξτε ίσια απέναντι. Μετά επιλέξτε.",
            still: "Κοιτάξτε ίσια απέναντι και μείνετε ακίνητοι δύο δευτερόλεπτα.",
            untracked: "Το χειριστήριο δεν φάνηκε. Κρατήστε το εκεί που το βλέπει η συσκευή.",
            apart: "Αυτό δεν ταιριάζει με τα σημάδια. Άλλη μια φορά, από το πρώτο.",
            moved: "Δεν ήταν αρκετά ακίνητο. Άλλη μια φορά.",
            keys: "Κάντε κλικ στην εικόνα και κοιτάξτε γύρω με το ποντίκι.\nW A S D ή τα βέλη περπατούν, το Shift επιταχύνει.\nEsc αφήνει το ποντίκι, F11 γεμίζει την οθόνη, F12 σταματά τη δοκιμή.\nEnter συνεχίζει: μετά περιμένετε τα αυτοκίνητα στο κράσπεδο.",
        },
    ),
    (
        "ru",
        Guide {
            outside: "Вы вышли из зоны ходьбы. Пожалуйста, идите {}.",
            ways: ["вперёд", "назад", "влево", "вправо"],
            marks: [
                "Коснитесь стартовой метки на полу концом контроллера и подтвердите.",
                "Коснитесь второй метки, в 2 м впереди стартовой, и подтвердите.",
                "Коснитесь третьей метки, в 1 м слева от стартовой, и подтвердите. Без третьей метки: назад.",
            ],
            stand: "Встаньте на стартовую метку и смотрите прямо через дорогу. Затем подтвердите.",
            still: "Смотрите прямо через дорогу и не двигайтесь две секунды.",
            untracked: "Контроллер не был виден. Держите его там, где его видит шлем.",
            apart: "Это не совпадает с метками. Ещё раз, с первой.",
            moved: "Было движение. Ещё раз.",
            keys: "Щёлкните по изображению и осматривайтесь мышью.\nW A S D или стрелки: идти, Shift: быстрее.\nEsc освобождает мышь, F11 на весь экран, F12 прерывает пробу.\nEnter продолжает: затем ждите машин у бордюра.",
        },
    ),
    (
        "ar",
        Guide {
            outside: "لقد خرجت من منطقة المشي. يرجى التحرك {}.",
            ways: ["إلى الأمام", "إلى الخلف", "إلى اليسار", "إلى اليمين"],
            marks: [
                "المس علامة البداية على الأرض بطرف أداة التحكم ثم اختر.",
                "المس العلامة الثانية، على بعد 2 م أمام علامة البداية، ثم اختر.",
                "المس العلامة الثالثة، على بعد 1 م يسار علامة البداية، ثم اختر. بدون علامة ثالثة: رجوع.",
            ],
            stand: "قف على علامة البداية وانظر مباشرة عبر الطريق. ثم اختر.",
            still: "انظر مباشرة عبر الطريق وابق ساكنًا لثانيتين.",
            untracked: "لم تُرَ أداة التحكم. أمسكها حيث تراها الخوذة.",
            apart: "هذا لا يطابق مواضع العلامات. مرة أخرى من الأولى.",
            moved: "لم يكن ذلك ساكنًا بما يكفي. مرة أخرى.",
            keys: "انقر في الصورة ثم انظر حولك بالفأرة.\nW A S D أو الأسهم للمشي، Shift للإسراع.\nEsc يحرر الفأرة، F11 يملأ الشاشة، F12 يوقف المحاولة.\nEnter للمتابعة: ثم انتظر السيارات عند حافة الرصيف.",
        },
    ),
    (
        "he",
        Guide {
            outside: "יצאת מאזור ההליכה. נא ללכת {}.",
            ways: ["ישר", "אחורה", "שמאלה", "ימינה"],
            marks: [
                "יש לגעת בסימן ההתחלה שעל הרצפה בקצה הבקר ולבחור.",
                "יש לגעת בסימן השני, 2 מ׳ לפני סימן ההתחלה, ולבחור.",
                "יש לגעת בסימן השלישי, 1 מ׳ משמאל לסימן ההתחלה, ולבחור. בלי סימן שלישי: חזרה.",
            ],
            stand: "יש לעמוד על סימן ההתחלה ולהביט ישר אל מעבר לכביש. אז לבחור.",
            still: "יש להביט ישר אל מעבר לכביש ולא לזוז שתי שניות.",
            untracked: "הבקר לא נראה. יש להחזיק אותו במקום שהמשקפת רואה.",
            apart: "זה אינו מתאים לסימנים. שוב, מהראשון.",
            moved: "זה לא היה יציב מספיק. שוב.",
            keys: "יש ללחוץ בתמונה ולהביט סביב בעזרת העכבר.\nW A S D או החצים הולכים, Shift ממהר.\nEsc משחרר את העכבר, F11 ממלא את המסך, F12 עוצר את הניסוי.\nEnter ממשיך: אז יש להמתין למכוניות בשפת המדרכה.",
        },
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::{missing_glyphs, words};

    #[test]
    fn every_language_of_the_panel_s_own_words_has_a_guide_that_its_fonts_can_write() {
        assert_eq!(guide("de-AT").ways[1], "zurück");
        assert_eq!(guide("ja"), &ENGLISH);
        for (code, guide) in &ALL {
            assert!(*code == "en" || words(code) != words("en"), "{code}");
            assert_eq!(guide.outside.matches("{}").count(), 1, "{code}");
            let one = [guide.outside, guide.stand, guide.still, guide.untracked, guide.apart, guide.moved, guide.keys];
            for text in one.iter().chain(&guide.ways).chain(&guide.marks) {
                assert_eq!(missing_glyphs(&text.replace('\n', " ")), Vec::<char>::new(), "{code}: {text}");
            }
        }
    }

    #[test]
    fn a_way_is_the_nearest_of_four() {
        let ways = [(1.0, 0.2), (-1.0, 0.9), (0.1, -0.2), (-0.3, 0.4)].map(|(ahead, right)| Way::of(ahead, right));
        assert_eq!(ways, [Way::Ahead, Way::Back, Way::Left, Way::Right]);
        assert_eq!(guide("en").way_back(Way::Left), "You have left the area to walk in. Please go to the left.");
    }
}
