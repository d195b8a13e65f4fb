"""What is written as YAML is read back as it was."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from salesetl.cloudformation.yaml_text import substituted, yaml_text
from tests.cloudformation.template import load

PRINTABLE = st.characters(
    exclude_categories=["C", "Zl", "Zp"], include_characters="\n\t"
)
TEXTS = st.one_of(
    st.text(PRINTABLE, max_size=200),
    st.sampled_from(
        [
            "yes",
            "No",
            "on",
            "null",
            "~",
            "1",
            "1e3",
            "0x1",
            "2012-10-17",
            "a: b",
            "s3:*",
        ]
    ),
)
SCALARS = st.one_of(TEXTS, st.booleans(), st.integers(), st.floats(-1e6, 1e6))
KEYS = st.text("abcXYZ:-. 19_", min_size=1, max_size=20).filter(
    lambda key: key != "Ref"
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(KEYS, inner, max_size=5)
    ),
    max_leaves=25,
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5))
def test_settings_are_read_back_as_they_were(settings: dict[str, Any]) -> None:
    assert load(yaml_text(settings)) == settings


def test_functions_are_written_as_tags_and_read_back() -> None:
    settings = {
        "Name": {"Fn::Sub": "a-${Env}"},
        "Long": {
            "Fn::If": [
                "HasKey",
                {"Key": {"Ref": "Key"}, "Text": "x" * 150},
                {"Ref": "AWS::NoValue"},
            ]
        },
        "Wheel": {
            "Fn::Sub": [
                "${V}.whl",
                {"V": {"Fn::Select": [0, {"Fn::Split": ["-", {"Ref": "R"}]}]}},
            ]
        },
    }

    text = yaml_text(settings)

    assert 'Name: !Sub "a-${Env}"' in text
    assert '- !Ref "AWS::NoValue"' in text
    assert load(text) == settings


def test_text_that_names_a_value_is_filled_in_by_cloudformation() -> None:
    settings = {
        "a": "${Env}",
        "b": ["${Bucket.Arn}", "x-${Env}"],
        "c": {"Fn::If": ["C", "${Env}", "d"]},
    }

    assert substituted(settings) == {
        "a": {"Ref": "Env"},
        "b": [{"Fn::GetAtt": "Bucket.Arn"}, {"Fn::Sub": "x-${Env}"}],
        "c": {"Fn::If": ["C", {"Ref": "Env"}, "d"]},
    }
