"""Judge how much a sentence tells of a story: what changes lives above what fills a scene.

Short lists of English words and the counts of the text's own names; without them every sentence weighs the same.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

# A text of fewer words has no minor characters yet.
NOVEL_WORDS = 20_000
# A name with less than this share of the commonest name's mentions is a minor one.
MINOR_SHARE = 0.1
_MINOR, _VOCATIVE, _STAGE, _SCENE_TIME, _REPETITION, _QUOTED, _TURN = 0.4, 0.4, 0.6, 0.7, 0.3, 0.4, 1.35
_OPENING_WORDS = 3
_QUOTES = tuple("\"'“‘«")
_ADDRESS = re.compile(
    r"(?:^|[,;—] )(?:my (?:dear|good|poor|lord|lady|friend|boy|lad|child)\b|sir\b|madam\b|ma'am\b|gentlemen\b|ladies\b|"
    r"boys\b|lads\b|mates?\b)[^,;.!?]{0,20}[,;.!?]",
    re.IGNORECASE,
)
_CALLED = re.compile(r", ((?:[A-Z][\w’'-]+\.? ){0,2}[A-Z][\w’'-]+)(?=[;.!?]|, (?:I|you|we)\b)")
_STAGE_BUSINESS = re.compile(
    r"\b(?:"
    r"look(?:ed|ing) (?:at|up|down|round|back|over|hard|into|towards?)|smil(?:ed|ing)|grinn(?:ed|ing)|"
    r"laugh(?:ed|ing)|nodd(?:ed|ing)|bow(?:ed|ing)|sigh(?:ed|ing)|shrugg(?:ed|ing)|wink(?:ed|ing)|"
    r"yawn(?:ed|ing)|cough(?:ed|ing)|"
    r"(?:sat|sitting|lay|stood|got|rose|jumped|knelt) (?:down|up|still|by|beside|again)|"
    r"turn(?:ed|ing) (?:to|towards?|round|away|over)|glanc(?:ed|ing)|star(?:ed|ing) (?:at|for)|paus(?:ed|ing)|"
    r"(?:put|ran|laid|held) (?:out )?(?:his|her|my|its) hands?|shook (?:his|her|my|its) head|"
    r"talking (?:again|together)|(?:a|no|without a|not a) word|whiff|pipe|(?:might|may) as well|"
    r"(?:no|little) use (?:in|to)|nothing else to do|more and more|"
    r"(?:was|felt|looked) (?:quite |very |rather |a little |not much |so |too )?(?:glad|surprised|puzzled|"
    r"anxious|curious|pleased|sorry|astonished|amused|pale|sedate|nervous|uncomfortable)\b(?! (?:that|"
    r"to (?:find|learn|hear))\b)|"
    r"(?:his|her|its|my|their|both its) (?:own |left |right |two |poor |little |big )?(?:eyes?|eyebrows?|head|"
    r"hands?|arms?|paws?|face|chin|lips?|brows?|feet|foot|shoulders?|knees?|fingers?|cheeks?|tongue|hat|pipe|spectacles|"
    r"chair)\b|look(?:ed|ing) (?:\w+ly|very|a little)|watch(?:ed|ing) (?:him|her|them|the|us)|gaz(?:ed|ing)|"
    r"peer(?:ed|ing)|peep(?:ed|ing)|point(?:ed|ing) (?:to|at)|grunt(?:ed|ing)|chuckl(?:ed|ing)|"
    r"trembl(?:ed|ing)|shudder(?:ed|ing)|pant(?:ed|ing)|led the way|raised (?:his|her|my) (?:eyes|head|gun)|"
    r"(?:on|over) (?:his|her) (?:spectacles|shoulder)|rubbed|listened|waited|hesitated|stammered|swallowed|"
    r"blush(?:ed|ing)|nibbl(?:ed|ing)|(?:another|next) (?:remark|question|minute|moment)|handed|"
    r"went (?:into|to|up|down|out|over|on|\w+ly)|walk(?:ed|ing) (?:into|up|down|out|slowly|back)|"
    r"(?:said|cried|exclaimed|replied|asked)(?! that)"
    r")\b",
    re.IGNORECASE,
)
_SCENE_TIMES = re.compile(
    r"(?:(?:when|after) (?:breakfast|dinner|supper|coffee|tea)\b|as soon as|in the meantime|every now and then|"
    r"(?:on|in|at|by|for|about|before|after|towards?)? ?"
    r"(?:the|that|this|a|about a|the next|the following|the same|a few|some)[ ]?"
    r"(?:morning|noon|afternoon|evening|night|day|days|week|weeks|hours?|minutes?|moment|time)\b)",
    re.IGNORECASE,
)
_TURNS = re.compile(
    r"\b(?:born|birth|d(?:ied|ies|ying|eath)|kill(?:ed|s|ing)?|murder\w*|marr(?:y|ied|ies|iage|ying)|wedding|engage[d]?|"
    r"engagement|inherit\w*|fortune|ruin(?:ed)?|escap(?:e|ed|ing)|captur\w*|discover\w*|destroy\w*|destruction|"
    r"invent\w*|attack\w*|war|defeat\w*|conquer\w*|surrender\w*|betray\w*|rescu\w*|sav(?:ed|ing)|reveal\w*|confess\w*|"
    r"resolv(?:e|ed)|propos(?:al|ed)|refus(?:e|ed|al)|revenge|agreed|decid(?:e|ed)|promis(?:e|ed)|vow(?:ed)?|swore|sworn|"
    r"learn(?:ed|t) that|found out|fled|flight|vanish\w*|stolen|stole|robb\w*|burn(?:ed|t)|fire|shot|wound\w*|drown\w*|"
    r"execut\w*|accus\w*|convict\w*|arrest\w*|elop\w*|letter from|abandon\w*|return(?:ed)? to|forgiv\w*|forgave|law|"
    r"must be|because|therefore|consist\w* (?:of|in)|depends? on|means that|shows? that|proves?|caus(?:e|ed|es) of|"
    r"treasure|secret|mutiny|trial|guilty|condemn\w*|sentenced|prison\w*|daughter of|son of|in love|"
    r"became|arriv(?:ed|al)|founded|created|built|sold|lost|won|married)\b",
    re.IGNORECASE,
)


def minor_names(sentences: Sequence[Sequence[str]], names: Collection[str]) -> frozenset[str]:
    """Return those of `names` that a long text hardly mentions; none of a text under `NOVEL_WORDS` words."""
    if sum(map(len, sentences)) < NOVEL_WORDS:
        return frozenset()
    counts: Counter[str] = Counter()
    for found in sentences:
        counts.update(bare for word in found if (bare := _bare(word)) in names)
    return _rare(counts)


def _rare(counts: Mapping[str, int]) -> frozenset[str]:
    least = MINOR_SHARE * max(counts.values(), default=0)
    return frozenset(name for name, count in counts.items() if count < least)


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s")


def weigh(text: str, found: Sequence[str], names: Collection[str], minor: Collection[str]) -> float:
    """Return a factor for a folded sentence with the words `found`: over 1 for a turn of events, under 1 for trivia."""
    weight = 1.0
    if any(_bare(word) in minor for word in found[:_OPENING_WORDS]):
        weight *= _MINOR
    if _ADDRESS.search(text) or any(set(name.split()) <= set(names) for name in _CALLED.findall(text)):
        weight *= _VOCATIVE
    if _TURNS.search(text):
        weight *= _TURN
    elif _STAGE_BUSINESS.search(text):
        weight *= _STAGE
    if text[:1] in _QUOTES:
        weight *= _QUOTED
    if 2 * len({word.lower() for word in found}) <= len(found):
        weight *= _REPETITION
    if _SCENE_TIMES.match(text):
        weight *= _SCENE_TIME
    return weight
