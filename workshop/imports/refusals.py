"""What makes a whole file or a whole import impossible, as opposed to one row."""

from aftersales.refusals import Refusal


class FileRefused(Refusal):
    """The file cannot be imported as it is; the text says why and what helps."""


class EncodingUnclear(Refusal):
    """The file may be written in several encodings: a person has to look."""


class ChangedWhileWriting(Exception):
    """What the rows were compared with has changed since; compare and write once more."""
