"""What the normaliser knows of each language: abbreviations, units, money, months, and how numbers are read aloud."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from num2words import num2words


def _pairs(listed: str) -> dict[str, str]:
    """`"Mr.=Mister; Dr.=Doctor"` as a dictionary."""
    return dict(entry.strip().split("=") for entry in listed.split(";") if entry.strip())


def _units(listed: str) -> dict[str, tuple[str, str]]:
    """`"kg=kilogram,kilograms"`: singular and plural; one word is both."""
    forms = ((unit, words.split(",")) for unit, words in _pairs(listed).items())
    return {unit: (words[0], words[-1]) for unit, words in forms}


@dataclass(frozen=True)
class Money:
    """The words for a currency: one and several of it, and of its hundredth part."""

    one: str
    many: str
    cent: str
    cents: str


def _money(listed: str) -> dict[str, Money]:
    """`"$=dollar,dollars,cent,cents"`."""
    return {sign: Money(*words.split(",")) for sign, words in _pairs(listed).items()}


def _hour_and_minute(hour: str, minute: str) -> str:
    return f"{hour} {minute}".strip()


@dataclass(frozen=True)
class Rules:
    """One language. `code` is num2words'. Abbreviations are written with their full stop, if they have one.

    `before_number` are abbreviations before a number only; `counted` are words whose Roman numeral is a cardinal
    ("Chapter IV"), `ordered` those whose numeral is an ordinal. `king` reads a ruler's number. `ordinals` is a pattern
    of what follows the digits of an ordinal. `oclock` gets the words of hour and minute (empty on the hour).
    """

    code: str
    decimal: str = ","
    point: str = "vírgula"
    thousands: str = "."
    joined_money: str = "{} {}"
    to: str = "-"
    dot: str = "."
    at: str = "@"
    abbreviations: dict[str, str] = field(default_factory=dict)
    before_number: dict[str, str] = field(default_factory=dict)
    units: dict[str, tuple[str, str]] = field(default_factory=dict)
    money: dict[str, Money] = field(default_factory=dict)
    large: str = ""
    symbols: dict[str, str] = field(default_factory=dict)
    months: str = ""
    counted: str = ""
    ordered: str = ""
    ordinals: str = ""
    clock: str = ""
    fractions: dict[str, str] = field(default_factory=dict)
    half: str = ""
    king: Callable[[str, int], str] | None = None
    year: Callable[[int], str] | None = None
    oclock: Callable[[str, str], str] = _hour_and_minute


def cardinal(rules: Rules, number: int) -> str:
    """A whole number in words."""
    return _words(rules.code, number, "cardinal")


def ordinal(rules: Rules, number: int) -> str:
    """Third, dritte, troisième..."""
    return _words(rules.code, number, "ordinal")


@lru_cache(maxsize=10_000)
def _words(code: str, number: int, kind: str) -> str:
    return str(num2words(number, lang=code, to=kind)).replace(",", "")


def _english_year(year: int) -> str:
    """Eighteen fifty, nineteen oh five, two thousand and five, twenty ten."""
    return str(num2words(year, lang="en", to="year")).replace("-", " ")


def _german_year(year: int) -> str:
    return str(num2words(year, lang="de", to="year"))


def _english_time(hour: str, minute: str) -> str:
    return f"{hour} {minute}" if minute else f"{hour} o'clock"


def _french_time(hour: str, minute: str) -> str:
    return f"une heure {minute}".strip() if hour == "un" else f"{hour} heures {minute}".strip()


def _portuguese_time(hour: str, minute: str) -> str:
    hours = "uma hora" if hour == "um" else f"{'duas' if hour == 'dois' else hour} horas"
    return f"{hours} e {minute}" if minute else hours


def _the(article: str) -> Callable[[str, int], str]:
    return lambda _name, number: f"{article} {ordinal(RULES['en' if article == 'the' else 'nl'], number)}"


_QUEENS = frozenset(
    "Elisabeth Katharina Maria Margarete Anna Isabella Viktoria Victoria Königin Zarin Kaiserin".split()
)


def _german_king(name: str, number: int) -> str:
    return f"{'die' if name in _QUEENS else 'der'} {ordinal(RULES['de'], number).capitalize()}"


def _french_king(_name: str, number: int) -> str:
    return "premier" if number == 1 else cardinal(RULES["fr"], number)


def _up_to_ten(code: str) -> Callable[[str, int], str]:
    """Spanish and Portuguese: ordinals to the tenth, cardinals after."""
    return lambda _name, number: (ordinal if number <= 10 else cardinal)(RULES[code], number)


RULES: dict[str, Rules] = {
    "en": Rules(
        code="en",
        point="point",
        decimal=".",
        thousands=",",
        joined_money="{} and {}",
        to="to",
        dot="dot",
        at="at",
        abbreviations=_pairs(
            "Mr.=Mister; Mr=Mister; Mrs.=Missus; Mrs=Missus; Ms.=Miz; Messrs.=Messieurs; Dr.=Doctor; Dr=Doctor; "
            "Prof.=Professor; Rev.=Reverend; Hon.=Honourable; Capt.=Captain; Col.=Colonel; Gen.=General; "
            "Lieut.=Lieutenant; Lt.=Lieutenant; Sgt.=Sergeant; Maj.=Major; Adm.=Admiral; Gov.=Governor; Sen.=Senator; "
            "Pres.=President; Jr.=Junior; Sr.=Senior; Esq.=Esquire; "
            "Inc.=Incorporated; Ltd.=Limited; Corp.=Corporation; "
            "Bros.=Brothers; Co.=Company; etc.=et cetera; e.g.=for example; i.e.=that is; viz.=namely; vs.=versus; "
            "cf.=compare; ca.=about; approx.=approximately; Ave.=Avenue; Rd.=Road; Blvd.=Boulevard; Mt.=Mount; "
            "Dept.=Department; Ph.D.=P H D; a.m.=a m; p.m.=p m; et al.=and others; ibid.=in the same place; "
            "Jan.=January; Feb.=February; Aug.=August; Sept.=September; Oct.=October; Nov.=November; Dec.=December"
        ),
        before_number=_pairs(
            "No.=number; Nos.=numbers; no.=number; nos.=numbers; Vol.=volume; vol.=volume; vols.=volumes; Ch.=chapter; "
            "ch.=chapter; chap.=chapter; Chap.=chapter; p.=page; pp.=pages; Fig.=figure; fig.=figure; figs.=figures; "
            "sec.=section; Sec.=section; c.=about; №=number; #=number; §=section"
        ),
        units=_units(
            "km=kilometre,kilometres; m=metre,metres; cm=centimetre,centimetres; mm=millimetre,millimetres; "
            "kg=kilogram,kilograms; g=gram,grams; mg=milligram,milligrams; lb=pound,pounds; lbs=pound,pounds; "
            "lb.=pound,pounds; lbs.=pound,pounds; oz=ounce,ounces; oz.=ounce,ounces; ft=foot,feet; ft.=foot,feet; "
            "yd=yard,yards; yds=yard,yards; mi=mile,miles; mph=mile an hour,miles an hour; "
            "km/h=kilometre an hour,kilometres an hour; kW=kilowatt,kilowatts; MB=megabyte,megabytes; "
            "GB=gigabyte,gigabytes; Hz=hertz; kHz=kilohertz; ml=millilitre,millilitres; l=litre,litres; "
            "km²=square kilometre,square kilometres; m²=square metre,square metres; m³=cubic metre,cubic metres; "
            "°C=degree Celsius,degrees Celsius; °F=degree Fahrenheit,degrees Fahrenheit; °=degree,degrees; "
            "%=percent; ′=foot,feet; min.=minute,minutes; hrs.=hour,hours; hrs=hour,hours"
        ),
        money=_money(
            "$=dollar,dollars,cent,cents; £=pound,pounds,penny,pence; €=euro,euros,cent,cents; ¥=yen,yen,sen,sen"
        ),
        large="thousand|million|billion|trillion",
        symbols={"&": "and", "%": "percent", "+": "plus", "=": "equals", "×": "times", "§": "section"},
        months="January February March April May June July August September October November December",
        counted="Chapter|CHAPTER|Book|BOOK|Part|PART|Volume|VOLUME|Act|ACT|Scene|SCENE|Canto|CANTO|War|Section|SECTION|"
        "Letter|LETTER|Appendix|Plate|Figure",
        ordinals="st|nd|rd|th|ST|ND|RD|TH",
        clock=r"(?:[ ]?[ap]\.?m\b\.?)",
        fractions=_pairs(
            "½=one half; ⅓=one third; ⅔=two thirds; ¼=one quarter; ¾=three quarters; ⅕=one fifth; ⅛=one eighth; "
            "⅜=three eighths; ⅝=five eighths; ⅞=seven eighths; 1/2=one half; 1/3=one third; 2/3=two thirds; "
            "1/4=one quarter; 3/4=three quarters; 1/8=one eighth; 3/8=three eighths; "
            "5/8=five eighths; 7/8=seven eighths; "
            "1/5=one fifth; 2/5=two fifths; 3/5=three fifths; 4/5=four fifths; 1/10=one tenth"
        ),
        half="and a half",
        king=_the("the"),
        year=_english_year,
        oclock=_english_time,
    ),
    "de": Rules(
        code="de",
        point="Komma",
        to="bis",
        joined_money="{} und {}",
        dot="Punkt",
        at="ät",
        abbreviations=_pairs(
            "Hr.=Herr; Hrn.=Herrn; Fr.=Frau; Frl.=Fräulein; Dr.=Doktor; "
            "Prof.=Professor; St.=Sankt; z. B.=zum Beispiel; "
            "z.B.=zum Beispiel; d. h.=das heißt; d.h.=das heißt; u. a.=unter anderem; u.a.=unter anderem; "
            "usw.=und so weiter; bzw.=beziehungsweise; ca.=circa; vgl.=vergleiche; Vgl.=Vergleiche; sog.=sogenannte; "
            "evtl.=eventuell; ggf.=gegebenenfalls; inkl.=inklusive; geb.=geboren; gest.=gestorben; Jh.=Jahrhundert; "
            "v. Chr.=vor Christus; n. Chr.=nach Christus; Mio.=Millionen; Mrd.=Milliarden; Str.=Straße; "
            "o. Ä.=oder Ähnliches; i. d. R.=in der Regel; u. s. w.=und so weiter; Jan.=Januar; Feb.=Februar; "
            "Aug.=August; Sept.=September; Okt.=Oktober; Nov.=November; Dez.=Dezember"
        ),
        before_number=_pairs("Nr.=Nummer; S.=Seite; Bd.=Band; Kap.=Kapitel; Abb.=Abbildung; §=Paragraf; №=Nummer"),
        units=_units(
            "km=Kilometer; m=Meter; cm=Zentimeter; mm=Millimeter; kg=Kilogramm; g=Gramm; mg=Milligramm; l=Liter; "
            "ml=Milliliter; km/h=Kilometer pro Stunde; kW=Kilowatt; MB=Megabyte; GB=Gigabyte; Hz=Hertz; "
            "m²=Quadratmeter; km²=Quadratkilometer; m³=Kubikmeter; °C=Grad Celsius; °F=Grad Fahrenheit; °=Grad; "
            "%=Prozent; Std.=Stunde,Stunden; Min.=Minute,Minuten"
        ),
        money=_money("€=Euro,Euro,Cent,Cent; $=Dollar,Dollar,Cent,Cent; £=Pfund,Pfund,Penny,Pence"),
        large="Tausend|Millionen|Million|Mio\\.|Mrd\\.|Milliarden|Milliarde",
        symbols={"&": "und", "%": "Prozent", "+": "plus", "=": "gleich", "×": "mal", "§": "Paragraf"},
        months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        counted="Kapitel|KAPITEL|Buch|Band|Teil|Akt|Szene|Gesang",
        ordered="",
        clock=r"(?:[ ]?Uhr)",
        fractions=_pairs(
            "½=ein halb; ⅓=ein Drittel; ⅔=zwei Drittel; ¼=ein Viertel; ¾=drei Viertel; 1/2=ein halb; "
            "1/4=ein Viertel; 3/4=drei Viertel"
        ),
        half="einhalb",
        king=_german_king,
        year=_german_year,
        oclock=lambda hour, minute: f"{hour} Uhr {minute}".strip(),
    ),
    "fr": Rules(
        code="fr",
        point="virgule",
        thousands=" \u00a0\u202f.",
        joined_money="{} et {}",
        to="à",
        dot="point",
        at="arobase",
        abbreviations=_pairs(
            "M.=Monsieur; MM.=Messieurs; Mme=Madame; Mmes=Mesdames; "
            "Mlle=Mademoiselle; Mlles=Mesdemoiselles; Dr=Docteur; "
            "Pr=Professeur; St=Saint; Ste=Sainte; etc.=et cetera; p. ex.=par exemple; c.-à-d.=c'est-à-dire; "
            "av. J.-C.=avant Jésus-Christ; apr. J.-C.=après Jésus-Christ; env.=environ; cf.=voir"
        ),
        before_number=_pairs(
            "n°=numéro; nº=numéro; No=numéro; p.=page; pp.=pages; vol.=volume; chap.=chapitre; fig.=figure; "
            "§=paragraphe"
        ),
        units=_units(
            "km=kilomètre,kilomètres; m=mètre,mètres; cm=centimètre,centimètres; mm=millimètre,millimètres; "
            "kg=kilogramme,kilogrammes; g=gramme,grammes; "
            "l=litre,litres; km/h=kilomètre à l'heure,kilomètres à l'heure; "
            "m²=mètre carré,mètres carrés; km²=kilomètre carré,kilomètres carrés; °C=degré Celsius,degrés Celsius; "
            "°=degré,degrés; %=pour cent; min=minute,minutes"
        ),
        money=_money("€=euro,euros,centime,centimes; $=dollar,dollars,cent,cents; £=livre,livres,penny,pence"),
        large="millions?|milliards?|mille",
        symbols={"&": "et", "%": "pour cent", "+": "plus", "=": "égale", "×": "fois", "§": "paragraphe"},
        months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        counted="Chapitre|CHAPITRE|Livre|LIVRE|Tome|TOME|Partie|PARTIE|Acte|ACTE|Scène|SCÈNE|Chant",
        ordinals="ère|er|re|ème|e",
        clock=r"(?:)",
        fractions=_pairs(
            "½=un demi; ⅓=un tiers; ⅔=deux tiers; ¼=un quart; ¾=trois quarts; 1/2=un demi; 1/4=un quart; "
            "3/4=trois quarts"
        ),
        half="et demi",
        king=_french_king,
        oclock=_french_time,
    ),
    "es": Rules(
        code="es",
        point="coma",
        joined_money="{} con {}",
        to="a",
        dot="punto",
        at="arroba",
        abbreviations=_pairs(
            "Sr.=señor; Sres.=señores; Sra.=señora; Srta.=señorita; D.=don; Dña.=doña; Dr.=doctor; Dra.=doctora; "
            "Prof.=profesor; Ud.=usted; Uds.=ustedes; Vd.=usted; Vds.=ustedes; etc.=etcétera; p. ej.=por ejemplo; "
            "EE. UU.=Estados Unidos; EE.UU.=Estados Unidos; a. C.=antes de Cristo; "
            "d. C.=después de Cristo; Sto.=santo; "
            "Sta.=santa; aprox.=aproximadamente; Gral.=general; Cap.=capitán"
        ),
        before_number=_pairs(
            "núm.=número; n.º=número; nº=número; N.º=número; pág.=página; págs.=páginas; p.=página; vol.=volumen; "
            "cap.=capítulo; fig.=figura"
        ),
        units=_units(
            "km=kilómetro,kilómetros; m=metro,metros; cm=centímetro,centímetros; mm=milímetro,milímetros; "
            "kg=kilogramo,kilogramos; g=gramo,gramos; l=litro,litros; km/h=kilómetro por hora,kilómetros por hora; "
            "m²=metro cuadrado,metros cuadrados; °C=grado Celsius,grados Celsius; °=grado,grados; %=por ciento"
        ),
        money=_money(
            "€=euro,euros,céntimo,céntimos; $=dólar,dólares,centavo,centavos; £=libra,libras,penique,peniques"
        ),
        large="millones|millón|mil",
        symbols={"&": "y", "%": "por ciento", "+": "más", "=": "igual a", "×": "por", "§": "sección"},
        months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        counted="Capítulo|CAPÍTULO|capítulo|Libro|LIBRO|Tomo|Parte|PARTE|Acto|Escena|Canto|siglo|Siglo",
        ordinals=r"\.?[ºª]",
        fractions=_pairs(
            "½=un medio; ⅓=un tercio; ⅔=dos tercios; ¼=un cuarto; ¾=tres cuartos; 1/2=un medio; 1/4=un cuarto; "
            "3/4=tres cuartos"
        ),
        half="y medio",
        king=_up_to_ten("es"),
        oclock=lambda hour, minute: f"{'una' if hour == 'uno' else hour}{' y ' + minute if minute else ''}",
    ),
    "it": Rules(
        code="it",
        point="virgola",
        joined_money="{} e {}",
        to="a",
        dot="punto",
        at="chiocciola",
        abbreviations=_pairs(
            "Sig.=signor; Sig.ra=signora; Sig.na=signorina; Sigg.=signori; Dott.=dottor; Dott.ssa=dottoressa; "
            "Prof.=professor; Prof.ssa=professoressa; ecc.=eccetera; p. es.=per esempio; a.C.=avanti Cristo; "
            "d.C.=dopo Cristo; S.=San; Ing.=ingegner; Avv.=avvocato"
        ),
        before_number=_pairs(
            "n.=numero; N.=numero; pag.=pagina; pagg.=pagine; p.=pagina; cap.=capitolo; vol.=volume; fig.=figura"
        ),
        units=_units(
            "km=chilometro,chilometri; m=metro,metri; cm=centimetro,centimetri; mm=millimetro,millimetri; "
            "kg=chilogrammo,chilogrammi; g=grammo,grammi; l=litro,litri; km/h=chilometro all'ora,chilometri all'ora; "
            "m²=metro quadrato,metri quadrati; °C=grado Celsius,gradi Celsius; °=grado,gradi; %=per cento"
        ),
        money=_money(
            "€=euro,euro,centesimo,centesimi; $=dollaro,dollari,centesimo,centesimi; "
            "£=sterlina,sterline,penny,pence"
        ),
        large="milioni|milione|miliardi|miliardo|mila",
        symbols={"&": "e", "%": "per cento", "+": "più", "=": "uguale a", "×": "per", "§": "paragrafo"},
        months="gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        counted="Capitolo|CAPITOLO|capitolo|Libro|LIBRO|Tomo|Atto|Scena|Canto",
        ordered="secolo|Secolo",
        ordinals="[°ºª]",
        fractions=_pairs(
            "½=un mezzo; ⅓=un terzo; ⅔=due terzi; ¼=un quarto; ¾=tre quarti; 1/2=un mezzo; 1/4=un quarto; "
            "3/4=tre quarti"
        ),
        half="e mezzo",
        king=lambda _name, number: ordinal(RULES["it"], number),
        oclock=lambda hour, minute: f"{'una' if hour == 'uno' else hour}{' e ' + minute if minute else ''}",
    ),
    "pt": Rules(
        code="pt",
        joined_money="{} e {}",
        to="a",
        dot="ponto",
        at="arroba",
        abbreviations=_pairs(
            "Sr.=senhor; Sra.=senhora; Srta.=senhorita; D.=dom; Dr.=doutor; Dra.=doutora; Prof.=professor; "
            "Profa.=professora; etc.=et cetera; p. ex.=por exemplo; a.C.=antes de Cristo; d.C.=depois de Cristo; "
            "Exmo.=excelentíssimo; Sto.=santo; Sta.=santa; V. Exa.=vossa excelência"
        ),
        before_number=_pairs(
            "n.º=número; nº=número; N.º=número; pág.=página; págs.=páginas; p.=página; vol.=volume; cap.=capítulo; "
            "fig.=figura"
        ),
        units=_units(
            "km=quilómetro,quilómetros; m=metro,metros; cm=centímetro,centímetros; mm=milímetro,milímetros; "
            "kg=quilograma,quilogramas; g=grama,gramas; l=litro,litros; km/h=quilómetro por hora,quilómetros por hora; "
            "m²=metro quadrado,metros quadrados; °C=grau Celsius,graus Celsius; °=grau,graus; %=por cento"
        ),
        money=_money("€=euro,euros,cêntimo,cêntimos; $=dólar,dólares,cêntimo,cêntimos; R$=real,reais,centavo,centavos"),
        large="milhões|milhão|mil|bilhões",
        symbols={"&": "e", "%": "por cento", "+": "mais", "=": "igual a", "×": "vezes", "§": "parágrafo"},
        months="janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        counted="Capítulo|CAPÍTULO|capítulo|Livro|LIVRO|Tomo|Parte|PARTE|Ato|Acto|Cena|Canto|século|Século",
        ordinals=r"\.?[ºª]",
        fractions=_pairs(
            "½=um meio; ⅓=um terço; ⅔=dois terços; ¼=um quarto; ¾=três quartos; 1/2=um meio; 1/4=um quarto; "
            "3/4=três quartos"
        ),
        half="e meio",
        king=_up_to_ten("pt"),
        oclock=_portuguese_time,
    ),
    "nl": Rules(
        code="nl",
        point="komma",
        joined_money="{} en {}",
        to="tot",
        dot="punt",
        at="apenstaartje",
        abbreviations=_pairs(
            "dhr.=de heer; Dhr.=De heer; mevr.=mevrouw; Mevr.=Mevrouw; mw.=mevrouw; dr.=doctor; Dr.=Doctor; "
            "prof.=professor; Prof.=Professor; enz.=enzovoort; bijv.=bijvoorbeeld; "
            "bv.=bijvoorbeeld; d.w.z.=dat wil zeggen; "
            "o.a.=onder andere; m.n.=met name; ca.=circa; t/m=tot en met; v.Chr.=voor Christus; "
            "n.Chr.=na Christus; St.=Sint"
        ),
        before_number=_pairs("nr.=nummer; Nr.=nummer; blz.=bladzijde; p.=pagina; hfst.=hoofdstuk; afb.=afbeelding"),
        units=_units(
            "km=kilometer; m=meter; cm=centimeter; mm=millimeter; kg=kilogram; g=gram; l=liter; ml=milliliter; "
            "km/u=kilometer per uur; m²=vierkante meter; km²=vierkante kilometer; "
            "°C=graden Celsius; °=graden; %=procent"
        ),
        money=_money("€=euro,euro,cent,cent; $=dollar,dollar,cent,cent; £=pond,pond,penny,pence"),
        large="miljoen|miljard|duizend",
        symbols={"&": "en", "%": "procent", "+": "plus", "=": "is gelijk aan", "×": "maal", "§": "paragraaf"},
        months="januari februari maart april mei juni juli augustus september oktober november december",
        counted="Hoofdstuk|HOOFDSTUK|hoofdstuk|Boek|BOEK|Deel|DEEL|Bedrijf|Scène|Zang",
        ordinals="ste|de|e",
        clock=r"(?:[ ]?uur)",
        fractions=_pairs(
            "½=een half; ⅓=een derde; ⅔=twee derde; ¼=een kwart; ¾=drie kwart; 1/2=een half; 1/4=een kwart; "
            "3/4=drie kwart"
        ),
        half="en een half",
        king=_the("de"),
        oclock=lambda hour, minute: f"{hour} uur {minute}".strip(),
    ),
}  # fmt: skip
RULES["pt-BR"] = replace(
    RULES["pt"],
    code="pt_BR",
    units={
        unit: (one.replace("quiló", "quilô"), many.replace("quiló", "quilô"))
        for unit, (one, many) in RULES["pt"].units.items()
    },
)
