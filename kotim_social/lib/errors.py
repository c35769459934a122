"""The error that refuses a value somebody typed: a code for the program, a sentence for people."""


class InputError(ValueError):
    """A typed value is refused.

    ``str(error)`` carries no personal data and may reach a log; ``sentence`` is for the page of
    the person who typed the value.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
