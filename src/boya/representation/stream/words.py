"""Words of the bar stream that come from tables.

They are written out, because a new row in a table must not renumber the tokens of trained weights. A quality that is not here
becomes the nearest one that is (`boya.representation.stream.quantise`), a style or substyle without a word is left out. Blanks
are written as `_`. Source: `boya.theory.chords` and `boya.theory.styles`, then the families of the shared corpus that have no
table of habits, and the genres of its lead sheets.
"""

__all__ = ["QUALITIES", "STYLES", "SUBSTYLES"]

_STYLES = """
    pop rock jazz blues latin funk country gospel electronic tango march ska waltz art_song lead_sheet string_quartet
    hiphop neworleans soul afrobeat afrocuban dance punk reggae middleeastern highlife
"""

_SUBSTYLES = """
    8Beat Ballad GuitarBallad PianoBallad PopBallad StringBallad 50sRock 60sRock BasicRock BubbleRock FolkRock JazzRock
    RockBallad SoftRock BeBop BigBand Broadway Charleston DescendingJazz Dixie EasySwing EvansIsh FastJazzWaltz FastSwing
    Foxtrot GypsyJazz JazzCombo JazzGuitar JazzWaltz MellowJazz ModernJazz ModernJazzWaltz NiteJazz QuickStep Ragtime
    ShowTune SlowJazz SoftShoe Strut Swing Blues BoggieWoggie CountryBlues FastBlues ShuffleBoggie SlowBlues Beguine
    Bolero BossaNova Calypso ChaCha CubanGuitar JazzRhumba LFusion Mambo Merengue Rhumba Salsa Samba SlowBolero Son BVFunk
    DSoul BlueFolk BlueGrass CountrySwing Folk FolkBallad HillCountry Polka SlowCountry WesternSwing Zydeco Hymn
    PopSpiritual SlowSpiritual Spiritual Trance LightTango Tango DixieMarch March Ska ArpeggioWaltz BroadwayWaltz
    CountryWaltz FastWaltz FrenchWaltz LatinWaltz RockWaltz VieneseWaltz Waltz Pop Jazz Rock Stage_&_Screen
    Folk,_World,_&_Country
"""

_QUALITIES = """
    maj min 7 min7 maj7 maj6 min6 dim dim7 hdim7 aug minmaj7 sus4 sus2 9 min9 maj9 5 1 11 min11 maj11 13 min13 maj13
    sus4(b7) sus2(b7) sus4(b7,9) maj6(9) min6(9) aug(b7) aug(7) 7(*5,b5) 7(b9) 7(#9) 7(#11) 9(#11) maj7(#11)
    7(*5,b9,#9,#11,b13) maj(9) min(9) minmaj7(9)
"""

STYLES = tuple(_STYLES.split())
SUBSTYLES = tuple(_SUBSTYLES.split())
QUALITIES = tuple(_QUALITIES.split())
