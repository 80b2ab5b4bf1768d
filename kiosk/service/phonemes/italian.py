"""Italian, as Kokoro's Italian voices were taught it.

Italian is written as it is spoken, but for two things. Where the stress falls is seldom written: on the last syllable
but one, unless the word has one of the endings below, which throw it back to the third. And `e` and `o` are open or
closed: without a dictionary they are closed, as most are.

No free package does it well: with gruut's phonemes the recogniser misread 28 % of the words, with these 14 %, mostly
where it parts them ("del Lisola"); of people it misreads 13 % (`packaging/bench languages`).
"""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.service.phonemes.spelling import Spelling

ACCENTED = {"à": "a", "è": "ɛ", "é": "e", "ì": "i", "í": "i", "ò": "ɔ", "ó": "o", "ù": "u", "ú": "u"}

_SOFT = "(?=[eèéiìí])"
_MUTE_I = "i(?=[aeouàèéòóù])"  # it only softens: "ciao", "giù", "lascia", "figlio"

RULES = (
    (rf"cc(?:{_MUTE_I}|{_SOFT})", "tʧ"),
    (rf"gg(?:{_MUTE_I}|{_SOFT})", "dʤ"),
    (rf"sc(?:{_MUTE_I}|{_SOFT})", "ʃ"),
    (rf"c(?:{_MUTE_I}|{_SOFT})", "ʧ"),
    (rf"g(?:{_MUTE_I}|{_SOFT})", "ʤ"),
    (rf"gl(?:{_MUTE_I}|(?=i))", "ʎ"),
    (r"gn", "ɲ"),
    (r"cch|cq|cc", "kk"),
    (r"ch|[cqk]", "k"),
    (r"ggh|gg", "ɡɡ"),
    (r"gh|g", "ɡ"),
    (r"ss", "ss"),
    (r"(?<=[aeiouàèéìòù])s(?=[aeiouàèéìòù])|s(?=[bdglmnrv])", "z"),
    (r"zz", "tʦ"),
    (r"^z", "ʣ"),
    (r"z", "ʦ"),
    (r"rr", "rr"),
    (r"r", "ɾ"),
    (r"h", ""),
    (r"x", "ks"),
    (r"y", "i"),
    (r"[a-zàèéìíòóùú]", None),
)

_UNSTRESSED = """
il lo la i gli le l un uno una di a da in con su per tra fra e o ma che mi ti si ci vi ne se ed ad od d c del dello
della dei degli delle dell al allo alla ai agli alle all dal dallo dalla dai dagli dalle dall nel nello nella nei
negli nelle nell sul sullo sulla sui sugli sulle sull
"""

# Ends of words, and words that follow no rule.
_THROWN_BACK = """
abile ibile abili ibili ebile ebili issimo issima issimi issime atico atica atici etico etica otico olico olica logico
logica grafico grafica ologo ologa ologi ografo ografa metrico storico storica storici storiche istico istica istici
istiche nautico nautica ittimo ittima ittimi lettrico lettrica tecnico tecnica ultimo ultima ultimi prossimo prossima
massimo minimo secolo secoli numero numeri opera opere camera camere musica pubblico pubblica macchina macchine
lampada isola isole popolo titolo piccolo piccola piccoli piccole angolo giovane giovani ordine termine origine pagina
pagine anima epoca epoche sabato domenica subito facile facili difficile utile unico unica tavolo tavola tavoli
semplice semplici telefono autobus fabbrica chilometro chilometri metropoli medico fisico classico oceano scatola
zucchero albero alberi cinema lettera lettere ospite ospiti spettacolo spettacoli veicolo ostacolo carico magnifico
simile simili celebre mobile mobili tempera ambito articolo articoli interprete edicola piroscafo piroscafi capitolo
possono vengono aprono chiudono trovano partono vogliono devono costano entrano pagano arrivano tornano parlano
iniziano durano dicono offrono mangiano portano restano guardano passano cominciano prendono vendono essere chiedere
prendere vendere scendere mettere leggere rispondere chiudere correre perdere ridere vivere scrivere spendere
accendere conoscere
"""
_ENDINGS = tuple(_THROWN_BACK.split())


def stress(written: str, syllables: Sequence[int]) -> int:
    if len(syllables) > 2 and written.endswith(_ENDINGS):
        return syllables[-3]
    return syllables[-2] if len(syllables) > 1 else syllables[0]


ITALIAN = Spelling("a-zàèéìíòóùú", RULES, ACCENTED, stress, frozenset(_UNSTRESSED.split()), apart=True)
