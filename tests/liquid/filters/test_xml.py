"""The filter parse_xml (liquid.md 3.1)."""

from __future__ import annotations

import pytest

from runner.errors import LimitError
from tests.liquid.filters.cases import Case, Fails, check


def xml(description: str, source: object, expected: object) -> Case:
    return Case(description, "parse_xml", source, (), expected)


CASES = [
    xml("repeated siblings are a list", "<a><b>1</b><b>2</b></a>", {"a": {"b": ["1", "2"]}}),
    xml("three siblings", "<a><b/><b>1</b><b/></a>", {"a": {"b": [None, "1", None]}}),
    xml("attributes next to children", '<a x="1"><b>2</b></a>', {"a": {"x": "1", "b": "2"}}),
    xml("an attribute named like a child", '<a b="1"><b>2</b></a>', {"a": {"b": ["1", "2"]}}),
    xml("text with attributes is the text", '<a x="1">t</a>', {"a": "t"}),
    xml("attributes only", '<a x="1" y="2"/>', {"a": {"x": "1", "y": "2"}}),
    xml("empty", "<a></a>", {"a": None}),
    xml("white space between children", "<a>\n  <b>1</b>\n</a>", {"a": {"b": "1"}}),
    xml("text beside children hides them", "<a>x<b>1</b></a>", {"a": "x"}),
    xml("integer", '<a type="integer">12</a>', {"a": 12}),
    xml("boolean", '<a><b type="boolean">true</b><c type="boolean">0</c></a>', {"a": {"b": True, "c": False}}),
    xml("decimal", '<a type="decimal">1.5</a>', {"a": 1.5}),
    xml("moment", '<a type="datetime">2020-01-02T03:04:05+01:00</a>', {"a": "2020-01-02T02:04:05Z"}),
    xml("day", '<a type="date">2020-01-02</a>', {"a": "2020-01-02"}),
    xml("base64", '<a type="base64Binary">w6k=</a>', {"a": "é"}),
    xml("an empty integer", '<a type="integer"></a>', {"a": None}),
    xml("an empty string", '<a type="string"></a>', {"a": ""}),
    xml("an unknown type", '<a type="odd">x</a>', {"a": "x"}),
    xml("array", '<a type="array"><b>1</b><b>2</b></a>', {"a": ["1", "2"]}),
    xml("array of one", '<a type="array"><b><c>1</c></b></a>', {"a": [{"c": "1"}]}),
    xml("empty array", '<a type="array"></a>', {"a": []}),
    xml("nil", '<a><b nil="true"/></a>', {"a": {"b": None}}),
    xml(
        "prefixes go, namespaces stay", '<n:a xmlns:n="urn:x"><n:b>1</n:b></n:a>', {"a": {"xmlns:n": "urn:x", "b": "1"}}
    ),
    xml("hyphens in names", '<a-b c-d="1"><e-f>2</e-f></a-b>', {"a_b": {"c_d": "1", "e_f": "2"}}),
    xml("CDATA is text", "<a><![CDATA[<b>&]]></a>", {"a": "<b>&"}),
    xml("entities", "<a>&lt;&#233;&amp;</a>", {"a": "<é&"}),
    xml("a declaration", '<?xml version="1.0" encoding="ISO-8859-1"?>\n<a>é</a>', {"a": "é"}),
    xml("comments", "<a><!-- x --><b>1</b></a>", {"a": {"b": "1"}}),
    xml("blank", " \n", None),
    xml("nil input", None, None),
    xml("malformed", "<a><b></a>", Fails("not XML")),
    xml("two roots", "<a/><b/>", Fails("not XML")),
    xml("no XML", "hello", Fails("not XML")),
    xml("a document type", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', Fails("document type")),
    xml("nested without end", "<a>" * 200 + "</a>" * 200, Fails("100", LimitError)),
    xml("a malformed moment", '<a type="datetime">soon</a>', Fails("soon")),
    xml("a malformed day", '<a type="date">soon</a>', Fails("soon")),
    xml("malformed base64", '<a type="base64Binary">w6k</a>', Fails("base64")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_xml_is_read_as_the_specification_says(case: Case) -> None:
    check(case)
