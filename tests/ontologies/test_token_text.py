"""The joined tokens of a text are its tokens, however fast they are made."""

import pytest

from ontologies.analysis import token_text, tokens


@pytest.mark.parametrize("language", ["", "en", "de", "fr-BE"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tumours of the oesophagus, T1w/T2w (3.0 T)",
        "Müller's naïve ﬁne-tuning œdème — İstanbul ß",
        "x" * 100 + " under_score 12_000",
        "\u212b \uff23\uff34 e\u0301tude",
    ],
)
def test_it_is_the_tokens_joined(text: str, language: str) -> None:
    assert token_text(text, language) == " ".join(token.text for token in tokens(text, language))
