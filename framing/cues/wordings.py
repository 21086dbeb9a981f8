"""Words, marks and limits by which the grammar of labels tells a status from news, clauses and statutes."""

from __future__ import annotations

import re

SHORT_BRACKET = 60  # code points; a negation anywhere in a shorter one negates its status
STATUS_SHARE = 0.8  # of a paragraph that states a status and nothing else
MAX_NOTICE, NOTICE_SHARE = 300, 0.4  # of a paragraph in which the outlet speaks of itself
MAX_SEGMENT = 180
BRACKET_SHARE, PREFIX_SHARE, SEGMENT_SHARE, NOTE_SHARE = 0.6, 0.8, 0.75, 0.65
CALLED_SHARE = 0.4  # of a note to which a mark in the text leads
MOST_MARKS = 5  # delimiters before a designation that are tried
NEAR_MARKS = 3  # delimiters before a designation that may open its phrase
CLOSED_SHARE = 0.6  # of a phrase that stands between two delimiters behind a name
DELIMITER = re.compile(r",\s{1,3}|\s[—–]\s|\s-{1,2}\s|\s–(?=\w)|—")
CLOSE = {
    ",": re.compile(r",\s|,?[»”\"]|\.(?:\s|$)"),
    "—": re.compile(r"\s?—|\.(?:\s|$)"),
    "–": re.compile(r"\s?–|\.(?:\s|$)"),
    "-": re.compile(r"\s-{1,2}\s|\.(?:\s|$)"),
    "--": re.compile(r"\s-{1,2}\s|\.(?:\s|$)"),
}
CLAUSE = re.compile(  # a clause of its own, no phrase that describes the name
    r"\b(?:said|says|told|would|will|could|may|might|must|should|wants?|urged|asked|sagte|sei|seien|hieß|will|"
    r"soll|sollte|könnte|wollen|"
    r"dijo|podría|debe|quiere|pidió|a dit|pourrait|devrait|veut|demande|söyledi|istedi|istiyor)\b",
    re.IGNORECASE,
)
JOINING = re.compile(  # words that open a clause, no apposition
    r"(?:and|but|or|because|as|when|where|while|if|including|whom|so|und|aber|weil|dass|wonach|wobei|sodass|wenn|"
    r"obwohl|y|pero|"
    r"porque|cuando|mientras|si|et|mais|car|quand|lorsque|tandis|parce|ve|ama|ancak|çünkü)\s",
    re.IGNORECASE,
)
NEGATED = re.compile(
    r"\b(?:not|never|no longer|neither|\w{2,6}n[’']t|не|ні|no (?:country|government|court|state)|kein\w{0,2}|"
    r"nicht|nie|ningun\w|ningún|"
    r"nunca|jamais|aucun\w{0,2}|değil\w{0,4}|hiçbir)\b|\bn[’']est\b|\bno (?:es|está|ha|considera)\b",
    re.IGNORECASE,
)
# What may come, what was taken back, what is dated to a day: news or hypothesis, no standing status.
UNSETTLED = re.compile(
    r"\b(?:if|unless|whether|should it|si|falls|wenn|ob|eğer|если|якщо|коли б|чи)\b|"
    r"\b(?:remov(?:e|ed|es|ing)|delist\w{0,3}|de-listed|unbanned|lifted|struck off|исключ\w{1,5}|"
    r"вычеркн\w{1,5}|снят\w?|снял\w?|"
    r"викресл\w{1,5}|вилучи\w{1,4}|виключ\w{1,5}|gestrichen|aufgehoben|retir[éó]|eliminad[oa]|levé[e]?|"
    r"çıkar\w{1,6})\b|"
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:[’']s)?|yesterday|today|tomorrow|вчера|завтра|вчора|"
    r"во? (?:понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье)|у (?:понеділок|вівторок|середу|"
    r"четвер|п['’]ятницу|"
    r"суботу|неділю)|(?:am )?(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)|gestern|heute|"
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)|hier|(?:el )?(?:lunes|martes|miércoles|jueves|"
    r"viernes|sábado|"
    r"domingo)|ayer|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|dün|bugün)\b",
    re.IGNORECASE,
)
# "which the bloc does not recognise" is still a label's word; so is "not allowed".
LISTED_NOT = re.compile(
    r"\b(?:not (?:only|just)|(?:but|though|although) not|хотя и не|"
    r"но не|aber nicht|mais pas|pero no|не только|не лише|не тільки)\b",
    re.IGNORECASE,
)
TURKISH_FINITE = re.compile(r"m[ıiuü]yor|(?:[dt][ıiuü]|yor|[ae]ca[kğ])(?:l[ae]r)?\W{0,2}$", re.IGNORECASE)
SLAVIC_FINITE = re.compile(
    r"(?:объявил|признал|внес|внёс|внесл|включил|назвал|занес|занёс|запретил|причислил|отн[её]с|визна[влю]|"
    r"оголосил|вн[іе]с|"
    r"включи[вл]|назва[вл]|заборони[вл]|записа[вл]|считает|считают|вважа|назыв|назива)\w{0,3}\s",
    re.IGNORECASE,
)
STATUTE = re.compile(
    r"[\s-]?(?:register|registry|list|law|bill|act|status|unit|regime|legislation|designation|listing|rules?|"
    r"financing|gesetz|liste|ley|loi|registre|registro|yasası)\b",
    re.IGNORECASE,
)
STATUTE_STRICT = re.compile(
    r"[\s-](?:law|bill|act|unit|regime|legislation|rules?|financing|gesetz|yasası)\b", re.IGNORECASE
)
ARTICLES = frozenset(["the", "a", "an", "der", "die", "das", "den", "dem", "le", "la", "les", "el", "los", "las"])
DEFINITE = re.compile(r"\b(?:la|el|al|del|los|las|le|les|du|des|au)\s$|\b[ld][’']$", re.IGNORECASE)
STOP = re.compile(r"(?<!\b[A-Z])[.!?;:]\s|\n\s{0,3}\n|[()«»“”]")
RELATIVE = re.compile(
    r"(?:which|whose|who|котор\w{2,3}|яка|який|яке|які|яку|якого|якої|qui|que|auquel|à laquelle|dont|al que|"
    r"a la que|a los que|"
    r"a quien|die|der|das|den|dem|deren|dessen)\b",
    re.IGNORECASE,
)
PLACE_LED = re.compile(
    r"(?:in|en|au|aux|dans|chez|в|во|у|von|par|por|by|à|according to|nach|laut|selon|según|за|по)\s", re.IGNORECASE
)
CLAUSE_SLAVIC = re.compile(
    r"\b(?:додал|додав|добавил|заяви|сообщил|сказа|повідоми|хоче|хочет|просит|просят|требу)\w{0,4}\b", re.IGNORECASE
)
BY = re.compile(r"\b(?:by|por|par|von|vom)$", re.IGNORECASE)
FINITE = re.compile(r"\b(?:has|have|had|is|are|was|were|will|would)\b|\bdesignate[ds]?\s(?:the\b|[A-ZА-Я])")
FUTURE = re.compile(r"\b(?:would|will|could|may|might)\b")
BODIES = frozenset(["group", "organization", "organisation", "cult", "network", "movement", "outfit", "gang", "cell"])
BODY_END = (
    re.compile(  # a designation that holds its head noun: "Terrormiliz", "organisation terroriste", "terör örgütü"
        r"(?:gruppe|gruppierung|miliz|organisation|vereinigung|netzwerk|zelle)\w{0,2}$|"
        r"^(?:organi[sz]a\w{4,6}|organizaci\w{1,4}|groupes?|grupos?|mouvement|réseau|banda|red|cellule|célula|"
        r"entité) |örgüt\w{0,6}$|yapı\w{0,6}$",
        re.IGNORECASE,
    )
)
BARE_STATE = re.compile(
    r"staatlich\w{0,2}|amtlich\w{0,2}|offici\w{2,4}|oficial|estatal|étatique|gubernamental|resm[iî]", re.IGNORECASE
)
GERMAN_BODY = re.compile(
    r"\s[A-ZÄÖÜ][\w-]*(?:gruppe|gruppierung|partei|organisation|verein|vereinigung|bewegung|miliz|netzwerk|"
    r"sekte|bruderschaft|"
    r"zeitung|sender|agentur|portal|stiftung|Gruppe|Partei|Verein|Miliz)\w{0,2}\s[A-ZÄÖÜ„\"»]"
)
BODY = re.compile(rf" (?:{'|'.join(sorted(BODIES))})\b(?! [A-Z])")
MOST_CALLS = 50  # marks before a note that may call it
AROUND = 700  # code points around a designation in which the other parts of a label are sought
MAX_NOTE = 600  # code points of a footnote's line
ARTICLE = re.compile(r"(?:an?|the|eine?|une?|una?|un)\s", re.IGNORECASE)
LISTED = re.compile(
    r"(?:on|under|в|во|под|у|під|auf|unter|sur|sous|en|bajo)\s[^,.;]{0,40}(?:lists?|blacklist|register|"
    r"sanctions|реестр\w?|реєстр\w?|"
    r"спис\w{1,4}|перечн\w|перелік\w?|liste|lista|sanktionen|sanciones)\b",
    re.IGNORECASE,
)
POSSESSIVE = re.compile(r"(?:its|their|his|her|его|её|ее|их|його|її|їх|їхня|seine|ihre|ses|sa|su|sus)\s", re.IGNORECASE)
PASSIVE = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "and",
        "also",
        "both",
        "has",
        "officially",
        "formally",
        "now",
        "currently",
    ]
)
CASE_OPENER = re.compile(
    r"\w{2,20}(?:ая|ое|ый|ий|ой|ого|ому|ым|ую|ые|ых|щий|щая|вший|вшая|на|не|ий|ної|ного|ному|ним|на)\b"
)
ASCRIBING = re.compile(
    r"\b(?:consider\w{0,4}|regard\w{0,3}|deem\w{0,3}|view\w{0,3}|label\w{0,4}|call\w{0,3}|describ\w{0,3}|treats|"
    r"lists?|designates?|classif(?:y|ies)|proscribes?|brand\w{0,3}|считает\w{0,2}|считают|называ\w{0,4}|относ[ия]т|"
    r"причисля[ею]т|именуе?ю?т|вважа\w{0,3}|betracht\w{0,3}|einstuft|consid[eé]r\w{0,5})\b",
    re.IGNORECASE,
)
APPOSED_NAME = re.compile(r", (?:the )?([A-Z][\w’'-]{1,30}(?: [A-Z][\w’'-]{1,30}){0,4})(?=[,;])")
BY_WHOM = re.compile(r"\b(?:by|von|vom|por|par|durch)\s(?:the |der |den |la |le |les |el |los |l[’'])?", re.IGNORECASE)
# What can be banned without being anybody: no label of a name after it.
THING = re.compile(
    r"(?:substance|drug|driver|player|athlete|book|novel|film|song|weapon|pesticide|chemical|item|product|word|"
    r"препарат|вещество|книг|фильм|роман|песн|средств)\w{0,3}$",
    re.IGNORECASE,
)
NO_STATUS = re.compile(
    r"\b(?:kein\w{0,2}|not (?:an?|the)|no|nicht|pas une?|ningun\w|ningún|(?:gesetz|law|loi|ley|закон\w{0,2}) "
    r"(?:gegen|über|on|against|sur|contre|sobre|об?))\s$",
    re.IGNORECASE,
)
PREDICATE = re.compile(r"\b(?:is|are|was|were|be|not|kein\w{0,2}|ist|sei)\s$", re.IGNORECASE)
NAMING_AUTHORITY = frozenset(["state_media", "control", "undesirable"])
TWO = 2  # an authority and two designations tell a status without a verdict
TAGS = frozenset(["control", "state_media", "banned", "sanctioned"])
NOUN = re.compile(r" ((?!\w{0,20}(?:ed|ing|s) )[a-zà-ÿ][\w-]{2,20})(?= [A-ZÀ-Þ«“\"„])")
NOUN_PERSON = re.compile(
    r" ([а-яёіїєґ]{4,20}(?<!ла)(?<!ли)(?<!ло)(?<!ал)(?<!ил)(?<!ет)(?<!ит)(?<!ют)(?<!ав)(?<!ив))(?= [А-ЯЁІЇЄҐ])"
)
NOUN_SLAVIC = re.compile(r" ((?:[а-яёіїєґ]{3,20} ){0,2}[а-яёіїєґ]{3,20})(?= [«“\"„]|\s[A-Z]{2})")
REGISTER = re.compile(r"(?:реестр|списк|список|переч|list|register|registry)\w{0,4}\s{0,3}$", re.IGNORECASE)
BEFORE_BANNED = re.compile(
    r"(?:\b(?:the|an?|its|their|of|by|to|with|from|for|and|as)|['’]s|^|[\n.,])\s{0,3}$", re.IGNORECASE
)
STAR_LINE = re.compile(
    r"(?m)(?:^[\s_>•]{0,6}|(?<=\s)|(?<=[.»\"])|(?<=>))(\*{1,3}|"
    r"[¹²³⁴†‡])[_\s*]{0,4}(?:&nbsp;)?[-—–]?\s{0,2}(?=[\w«»„“\"])"
)
STARRED = re.compile(r"(?<=[\w»«\"”“)*_])(\*{1,3}|[¹²³⁴†‡])(?![\w*])")
# Marks that are notes only where a name bears the same one: digits, digits in brackets, #.
NUMBER_LINE = re.compile(r"(?m)(?:^[ \t_>]{0,6}|(?<=<br>)|(?<=<br/>))(\(\d\)|\[\d\]|\d|#)[ \t]{0,3}(?=[\w«„“\"])")
NOTICE = re.compile(
    r"(?:настоящий материал|данное сообщение|данный материал|цей матеріал|"
    r"this (?:material|report|message|article|content)|"
    r"(?:ce|cet|cette|le présent) (?:contenu|message|article|matériel|texte)|"
    r"dies\w{0,2} (?:beitrag|text|material|artikel)|"
    r"(?:este|el presente) (?:material|mensaje|contenido|artículo|texto)|bu (?:içerik|haber|metin|yazı|materyal))"
    r"[^.\n]{0,200}(?:иностранн\w{2,3} агент\w{0,3}|іноземн\w{2,3} агент\w{0,3}|foreign agent|"
    r"agent (?:de l['’]étranger|étranger)|auslandsagent|ausländisch\w{0,2} agent|agente extranjer|yabancı ajan)"
    r"[^.\n]{0,120}",
    re.IGNORECASE,
)
BLOCK = re.compile(r"\S(?:[^\n]|\n(?!\s*\n)){0,2000}")
# The outlet speaks of itself, of this text, or to its readers.
OWN_VOICE = re.compile(
    r"\b(?:we|us|our|readers?|this (?:material|report|article|content|post|page|story|text|message|"
    r"interview|"
    r"publication)|subscribing|"
    r"мы|нас|нам|наш\w{0,3}|вы|вас|вам|читател\w{1,3}|редакци\w{1,3}|не ссылайтесь|не ставим|подписк\w|"
    r"подписыва\w{1,5}|"
    r"(?:этот|данный|настоящий) (?:материал|текст)|(?:эта|данная) публикаци\w|в тексте|упомянут\w{1,3}|"
    r"напоминаем|внимание|"
    r"ми|нашого|наш\w|читач\w{0,3}|редакці\w{1,3}|нагадує\w?|зверніть увагу|ця публікація|цей (?:запис|"
    r"матеріал|текст|допис)|"
    r"wir|uns|unser\w{0,2}|leser\w{0,5}|dieser? (?:text|beitrag|artikel|material)|nous|notre|lecteurs|ce texte|"
    r"cet article|"
    r"nosotros|nuestr\w{1,2}|lectores|este (?:texto|artículo|material)|okur\w{0,6}|bu (?:haber|metin|içerik|yazı))\b",
    re.IGNORECASE,
)
QUOTED_NAME = re.compile(r"[«“„»][^«»“”„\n]{2,60}[»”“«]|\"[^\"\n]{2,60}\"")
NAME_LED = re.compile(
    r"(?:\bby |: |, |\s)((?!(?:THE|A|AN|OR|AND|This|"
    r"The)\b)[A-ZÀ-ÞА-ЯЁІЇЄҐ][\w.&-]{1,30}(?: [A-ZÀ-ÞА-ЯЁІЇЄҐ][\w.&-]{0,30}){0,4})"
)
CORRECTION = re.compile(r"(?:correct|clarif|уточн|исправ|виправл|korrektur|corre[cç]|düzeltme)", re.IGNORECASE)
LIST_HEAD = re.compile(
    r"(?:организаци\w|організаці\w|organi[sz]ations?|organisationen|organizaciones|örgütler)[^.\n:]{0,120}:\s",
    re.IGNORECASE,
)
LINE_END = re.compile(r"\n|<br\s?/?>|</p>")
NOTE_HEAD = re.compile(
    r"(?m)(?:^|(?<=>))[\s\[(_*]{0,6}(?:hinweis|anmerkung|note|nota|aviso|advertencia|okura not|not|uyarı|"
    r"editor[’']s note|editörün notu|нагадаємо|нагадуємо|довідково|примітка|напомним|справка|rappel|"
    r"zur erinnerung|recordatorio|disclosure|notice|примечание|внимание|від редакції|от редакции|avertissement|"
    r"remarque)"
    r"\b[^:\n]{0,40}:\s(?=\S)",
    re.IGNORECASE,
)
FUNDED = re.compile(
    r"(?:^|\n\s{0,3})([A-Z][\w ]{0,40} is (?:wholly |partly )?(?:funded|controlled|owned)\b"
    r"[^.\n]{0,60}\bby the\b[^.\n]{0,80})"
)
