"""The words that every text is made of, whatever it is about: what a voice is told by.

Function words, contractions and the fillers of speech stand for themselves. All other words are
content, and content is what the topic decides: of those only the ending and the length are kept.
"""

from __future__ import annotations


def listed(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


FUNCTION_WORDS = listed(
    """
    a an the this that these those such same other another each every either neither both all any
    some no none several few many much more most less least enough own one two first last next
    i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his
    himself she her hers herself it its itself they them their theirs themselves who whom whose
    which what whoever whatever whichever someone somebody something somewhere anyone anybody
    anything anywhere everyone everybody everything everywhere nobody nothing nowhere
    am is are was were be been being do does did doing done have has had having can could may might
    must shall should will would ought need dare let get gets got getting go goes going went gone
    make makes made come comes came take takes took give gives gave keep keeps kept say says said
    seem seems want wants know knows think thinks
    and or but nor so yet for if unless until while because since as than though although whether
    whereas when whenever where wherever why how however therefore thus hence moreover furthermore
    besides otherwise instead meanwhile nevertheless nonetheless indeed accordingly consequently
    of in on at by to from with without within into onto upon over under above below between among
    amongst against toward towards through throughout during before after about around across along
    behind beside beyond near off out up down except despite like unlike per via till amid
    not never always often sometimes usually rarely seldom already still just only even also too
    very quite rather almost nearly perhaps maybe probably certainly surely really actually simply
    merely hardly scarcely again ever once twice now then there here soon later today tomorrow
    yesterday away back together apart forward thereby therein thereof herein hereby
    well yes okay ok oh please thanks thank sure hello hi hey
    lot lots bit kind sort thing things way ways far long little great good better best bad new old
    don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't cannot couldn't shouldn't
    haven't hasn't hadn't ain't mustn't needn't
    i'm i've i'll i'd we're we've we'll we'd you're you've you'll you'd he's he'll he'd she's she'll
    she'd it's it'll they're they've they'll they'd that's that'll there's here's what's who's
    where's how's let's
    """
)

ENDINGS = listed(
    "ings tions ations ments nesses ing tion ation ment ness ence ance able ible ful less ous ive "
    "ity ism ist ally edly ly ed er ers est al ic s"
)
"""Of content words, the longest that fits is kept."""
