"""What is made from the example itself: right language, right class of characters, right shape."""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from core.modalities.image.facts import IMAGE
from core.modalities.text import language
from core.modalities.text.facts import TEXT
from core.modalities.text.language import UNCLEAR, languages
from tests.unit.profile.conftest import MakeRows

ARTICLE_1 = {
    "English": "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience "
    "and should act towards one another in a spirit of brotherhood.",
    "German": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt "
    "und sollen einander im Geist der Brüderlichkeit begegnen.",
    "French": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de "
    "conscience et doivent agir les uns envers les autres dans un esprit de fraternité.",
    "Spanish": "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y "
    "conciencia, deben comportarse fraternalmente los unos con los otros.",
    "Portuguese": "Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de razão e de "
    "consciência, devem agir uns para com os outros em espírito de fraternidade.",
    "Italian": "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di ragione e di "
    "coscienza e devono agire gli uni verso gli altri in spirito di fratellanza.",
    "Dutch": "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren. Zij zijn begiftigd met verstand en "
    "geweten, en behoren zich jegens elkander in een geest van broederschap te gedragen.",
    "Swedish": "Alla människor är födda fria och lika i värde och rättigheter. De är utrustade med förnuft och samvete "
    "och bör handla gentemot varandra i en anda av broderskap.",
    "Danish": "Alle mennesker er født frie og lige i værdighed og rettigheder. De er udstyret med fornuft og samvittighed, "
    "og de bør handle mod hverandre i en broderskabets ånd.",
    "Polish": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem "
    "i sumieniem i powinni postępować wobec innych w duchu braterstwa.",
    "Czech": "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem a svědomím a mají "
    "spolu jednat v duchu bratrství.",
    "Romanian": "Toate ființele umane se nasc libere și egale în demnitate și în drepturi. Ele sunt înzestrate cu rațiune "
    "și conștiință și trebuie să se comporte unele față de altele în spiritul fraternității.",
    "Turkish": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve birbirlerine "
    "karşı kardeşlik zihniyeti ile hareket etmelidirler.",
    "Finnish": "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki ja "
    "omatunto, ja heidän on toimittava toisiaan kohtaan veljeyden hengessä.",
    "Indonesian": "Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama. Mereka dikaruniai akal dan "
    "hati nurani dan hendaknya bergaul satu sama lain dalam semangat persaudaraan.",
    "Vietnamese": "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi. Mọi con người đều được "
    "tạo hóa ban cho lý trí và lương tâm và cần phải đối xử với nhau trong tình bằng hữu.",
    "Japanese": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "Korean": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "Chinese": "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心。",
    "Russian": "Все люди рождаются свободными и равными в своем достоинстве и правах.",
    "Arabic": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق.",
    "Greek": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "Hebrew": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם.",
    "Hindi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
    "Thai": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
}
"""Article 1 of the Universal Declaration of Human Rights, in full or its beginning."""


def _made(make_rows: MakeRows, column: str, texts: list[str]) -> list[object]:
    (sql,) = [one.sql for one in TEXT.derived if one.column == column]
    rows = make_rows({"label": ["a"] * len(texts), "text": texts})
    return [value for (value,) in rows.fetch(f"SELECT {sql} FROM {rows.relation}")]


def test_the_language_of_a_sentence_is_told() -> None:
    assert languages(list(ARTICLE_1.values())) == list(ARTICLE_1)


def test_a_question_of_a_few_words_is_told() -> None:
    asked = {
        "English": "Where is the nearest station?",
        "German": "Wo ist der nächste Bahnhof?",
        "French": "Où est la gare la plus proche ?",
        "Spanish": "¿Dónde está la estación más cercana?",
        "Polish": "Gdzie jest najbliższa stacja?",
        "Turkish": "En yakın istasyon nerede?",
    }
    assert languages(list(asked.values())) == list(asked)


@pytest.mark.parametrize("text", ["", "xkcd 42", "12:30", "ok", "😀😀", "http://t.co/abc", "\ud800"])
def test_what_is_no_sentence_has_no_clear_language(text: str) -> None:
    assert languages([text, "Where is the nearest station?", text]) == [UNCLEAR, "English", UNCLEAR]


def test_a_text_is_told_alike_alone_and_among_others_of_any_length_as_the_library_tells_it() -> None:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    theirs = LanguageIdentifier.from_model_file(MODEL_FILE)
    theirs.set_languages(list(language.NAMES))
    texts = [text[:length] for text in ARTICLE_1.values() for length in (40, 90, 300)]
    together = languages(texts)
    assert together == [one for text in texts for one in languages([text])]
    named = [(language.NAMES[theirs.classify(text)[0]], ours) for text, ours in zip(texts, together, strict=True)]
    assert all(ours in (name, UNCLEAR) for name, ours in named)
    assert sum(ours == UNCLEAR for _, ours in named) <= 2


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("see https://example.org for more", "links"),
        ("<p>hello</p>", "markup"),
        ("if 3 < 4 and 5 > 2", "digits"),
        ("so nice 🎉", "emoji"),
        ("0171 2345 678", "digits"),
        ("BUY NOW", "capitals"),
        ("I", "plain"),
        ("naïve café", "beyond ASCII"),
        ("an ordinary sentence", "plain"),
        ("今天天气很好", "beyond Latin"),
        ("这个 App 不好用", "mixed scripts"),
        ("AI技术", "mixed scripts"),
        ("обычная фраза", "beyond Latin"),
        ("КУПИТЬ СЕЙЧАС", "capitals"),
        ("el 1º de mayo", "beyond ASCII"),
    ],
)
def test_the_class_of_characters_is_the_first_that_fits(make_rows: MakeRows, text: str, kind: str) -> None:
    assert _made(make_rows, "characters", [text]) == [kind]


def test_words_are_what_blanks_and_line_ends_part(make_rows: MakeRows) -> None:
    texts = ["one", " two  words ", "and\nthree\r\n\r\nwords", ""]
    assert _made(make_rows, "word_count", texts) == [1, 2, 3, 0]


def test_where_blanks_part_no_words_characters_are_counted(make_rows: MakeRows) -> None:
    texts = ["今天天气很好。", "这个 App 不好用！", "コーヒーを飲む", "สวัสดี", "오늘 날씨가 좋다", "naïve cafe\u0301"]
    assert _made(make_rows, "word_count", texts) == [6, 6, 7, 4, 3, 2]


def test_an_image_has_a_size_and_a_shape(make_rows: MakeRows) -> None:
    rows = make_rows({"label": ["a"] * 3, "width": [8, 640, 480], "height": [8, 480, 640]})
    size, shape = (one.sql for one in IMAGE.derived)
    found = rows.fetch(f"SELECT {size}, {shape} FROM {rows.relation}")
    assert found == [("8×8", "square"), ("640×480", "landscape"), ("480×640", "portrait")]
