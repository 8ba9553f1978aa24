"""libime's language model mixed with the counts of software prose: what words gain behind others.

Linear interpolation (Jelinek and Mercer 1980), a history's counts trusted the more the more there are of them
and never more than MOST_TRUST: so the press, which the general model knows, loses little. Software's own
sequences are discounted absolutely (Ney, Essen and Kneser 1994), what they lose goes to shorter ones.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from bench.libime_ngrams import entries, unigrams

SOFTWARE_SHARE: Final = 0.2
"""Counts of software prose beside those of the general words."""
MOST_TRUST: Final = 0.3
"""The greatest weight of software's own sequences."""
HALF_TRUSTED: Final = 10
"""Places of a history at which its counts have half of that weight."""
DISCOUNT: Final = 0.75
LEAST_GAIN: Final = 3.0
"""Nats by which a pair of libime's must differ from an unseen one to be kept; with 1.5 the table has twice
the size and the references are restored no better."""
LEAST_SOFTWARE_GAIN: Final = 1.5
"""The same for a pair of software prose, half of it for a triple."""
LEAST_PLACES: Final = 2
"""Places at which a sequence of software prose must have been seen to be kept."""


Words = tuple[str, ...]


class Counts(NamedTuple):
    """How often each word was seen, and each sequence of two and of three with no mark between."""

    words: Counter[str]
    pairs: Counter[Words]
    triples: Counter[Words]


class Gain(NamedTuple):
    """A sequence of words, and how much likelier (nats) its last is behind the others than behind fewer."""

    words: Words
    nats: float


class Histories:
    """What software prose says of what follows its histories, one word or two."""

    def __init__(self, sequences: Mapping[Words, int]) -> None:
        self._sequences = sequences
        self._places: Counter[Words] = Counter()
        self._kinds: Counter[Words] = Counter()
        for words, count in sequences.items():
            self._places[words[:-1]] += count
            self._kinds[words[:-1]] += 1

    def trust(self, history: Words) -> float:
        """Weight of software's own sequences behind a history, 0..MOST_TRUST."""
        places = self._places[history]
        return MOST_TRUST * places / (places + HALF_TRUSTED)

    def left(self, history: Words) -> float:
        """Share that the discount leaves to words never seen behind a history."""
        places = self._places[history]
        return DISCOUNT * self._kinds[history] / places if places else 1.0

    def share(self, words: Words, shorter: float) -> float:
        """Share of the last word behind the others; `shorter` is that behind fewer of them."""
        places = self._places[words[:-1]]
        own = max(self._sequences.get(words, 0) - DISCOUNT, 0.0) / places if places else 0.0
        return own + self.left(words[:-1]) * shorter

    def seen(self) -> Iterator[Words]:
        """The sequences that were seen often enough to be kept."""
        return (words for words, count in self._sequences.items() if count >= LEAST_PLACES)


class Mixture:
    """`general`: counts of the words without software prose; `mixed`: with it, as they stand in the table."""

    def __init__(self, general: Mapping[str, float], mixed: Mapping[str, float], counts: Counts) -> None:
        self._general, self._all = general, sum(general.values())
        self._mixed, self._all_mixed = mixed, sum(mixed.values())
        self._counts, self._all_counted = counts.words, counts.words.total()
        self._known = unigrams()
        self._libime = {entry.words: entry for entry in entries(2)}
        self._pairs, self._triples = Histories(counts.pairs), Histories(counts.triples)

    def pairs(self) -> Iterator[Gain]:
        """The pairs worth keeping."""
        software = set(self._pairs.seen())
        for words in sorted(self._libime.keys() | software):
            if words[0] in self._mixed and words[1] in self._mixed:
                gain = math.log(self._share(*words) * self._all_mixed / self._mixed[words[1]])
                least = LEAST_SOFTWARE_GAIN if words in software else LEAST_GAIN
                if abs(gain - self._unseen_behind_one(words[0])) >= least:
                    yield Gain(words, gain)

    def triples(self) -> Iterator[Gain]:
        """The triples worth keeping: all of libime's (with 1 nat for the least the table is hardly smaller,
        and fewer lost bytes came back)."""
        libime = {entry.words: entry.log for entry in entries(3)}
        software = set(self._triples.seen())
        for words in sorted(libime.keys() | software):
            if all(word in self._mixed for word in words):
                gain = self._gain_of_triple(words, libime.get(words))
                unseen = self._unseen_behind_two(words[:2])
                if words not in software or abs(gain - unseen) >= LEAST_SOFTWARE_GAIN / 2:
                    yield Gain(words, gain)

    def losses_behind_one(self) -> dict[Words, float]:
        """Nats that a word loses which was never seen behind this one, where it loses any."""
        losses = {(word,): -self._unseen_behind_one(word) for word in self._mixed}
        return {history: loss for history, loss in losses.items() if loss > 0}

    def losses_behind_two(self, triples: Iterable[Gain]) -> dict[Words, float]:
        """The same behind two, for all with which one of these triples begins."""
        histories = dict.fromkeys(gain.words[:2] for gain in triples)
        return {history: -self._unseen_behind_two(history) for history in histories}

    def _unseen_behind_one(self, word: str) -> float:
        known = self._known.get(word)
        return _unseen(known.backoff if known else 0.0, self._pairs, (word,))

    def _unseen_behind_two(self, history: Words) -> float:
        known = self._libime.get(history)
        return _unseen(known.backoff if known else 0.0, self._triples, history)

    def _share(self, first: str, second: str) -> float:
        """Share of the second word behind the first."""
        entry, known = self._libime.get((first, second)), self._known.get(first)
        gain = entry.log - self._known[second].log if entry else known.backoff if known else 0.0
        general = self._general.get(second, 0.0) / self._all * math.exp(gain)
        trust = self._pairs.trust((first,))
        software = self._pairs.share((first, second), self._counts[second] / self._all_counted)
        return (1 - trust) * general + trust * software

    def _gain_of_triple(self, words: Words, log: float | None) -> float:
        first, second, third = words
        shorter = self._share(second, third)
        known = self._libime.get((first, second))
        gain = known.backoff if known else 0.0
        if log is not None:
            pair = self._libime.get((second, third))
            gain = log - (pair.log if pair else self._known[second].backoff + self._known[third].log)
        trust = self._triples.trust(words[:2])
        general, software = shorter * math.exp(gain), self._triples.share(words, shorter)
        return math.log(((1 - trust) * general + trust * software) / shorter)


def _unseen(backoff: float, histories: Histories, history: Words) -> float:
    """Nats, at most 0, that a word gains which was never seen behind a history."""
    trust = histories.trust(history)
    return math.log((1 - trust) * math.exp(backoff) + trust * histories.left(history))


def with_software(general: Mapping[str, float], counts: Counts) -> dict[str, float]:
    """Counts of the words with those of software prose among them."""
    scale = SOFTWARE_SHARE * sum(general.values()) / counts.words.total()
    return {word: count + scale * counts.words[word] for word, count in general.items()}
