"""What every refusal carries, so that a door can show it without knowing the room."""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a breakdown
    """A rule said no. `sentence` is French, for a person; `field` names the input at fault, if any.

    Subclasses set `code` (stable, for logs, the API and tests) and build their sentence in `__init__`.
    """

    code = "refused"

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class Misconfigured(Exception):  # noqa: N818 - an operator has something to set, nothing is broken
    """The settings do not let the product start. `sentences` are French, for an operator, and hold no secret."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences
