"""The errors of the pipeline: one type for each cause, every message one line with the numbers.

TrainingError
├── NoData              no book, or no usable passage in any book
├── TooFewBooks         fewer books than splits
├── TargetsTooShort     the median target has under ten words
├── TargetsCopied       targets that are the start of their source
├── SourceFailed        a catalog, mirror or file that cannot be read
├── LexiconMissing      no WordNet on this machine, or no spaCy data
├── StageMissing        the stage that this one needs has not run
├── StageDiffers        an output folder holds a run with another configuration
├── ModelUnusable       a model that cannot be loaded
├── WrongArchitecture   a model or checkpoint of another architecture
├── LossNotFinite       the loss became NaN or infinite
├── DiskFull            no room for what must be written
└── BelowBaseline       a model that scores under lead-3
"""


class TrainingError(Exception):
    """The base of all; the command line prints it as one line and exits with status 2."""


class NoData(TrainingError):
    """There is nothing to work on."""


class TooFewBooks(TrainingError):
    """Books cannot be shared out over train, validation and test."""


class TargetsTooShort(TrainingError):
    """Targets of a word or two make ROUGE meaningless."""


class TargetsCopied(TrainingError):
    """Targets that repeat the start of the source teach truncation."""


class SourceFailed(TrainingError):
    """A catalog, a mirror or a file could not be read."""


class LexiconMissing(TrainingError):
    """The lexical data that an option needs is not installed."""


class StageMissing(TrainingError):
    """The record of an earlier stage is missing."""


class StageDiffers(TrainingError):
    """The output folder belongs to a run with another configuration."""


class ModelUnusable(TrainingError):
    """The model's files are absent or damaged."""


class WrongArchitecture(TrainingError):
    """The model or checkpoint has another architecture than this run needs."""


class LossNotFinite(TrainingError):
    """Training diverged."""


class DiskFull(TrainingError):
    """There is no room for what must be written."""


class BelowBaseline(TrainingError):
    """The model is worse than the first three sentences of the text."""
