"""What people call a licence."""

import pytest

from catalogue.profile.licences import licence_label


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"),
        ("http://creativecommons.org/licenses/by-nc-sa/3.0/legalcode", "CC BY-NC-SA 3.0"),
        (" https://creativecommons.org/publicdomain/zero/1.0/ ", "CC0 1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "Public Domain Mark 1.0"),
        ("http://publications.europa.eu/resource/authority/licence/CC_BY_4_0", "CC_BY_4_0"),
        ("https://node.example/terms/", "terms"),
        ("TCIA Restricted", "TCIA Restricted"),
        ("", ""),
    ],
)
def test_a_licence_has_a_short_name(address: str, label: str) -> None:
    assert licence_label(address) == label


def test_a_licence_told_at_length_is_cut() -> None:
    assert len(licence_label("whereas " * 100)) <= 60
