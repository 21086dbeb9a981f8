import pandas as pd
import pytest

from framing.cues import find_glosses
from framing.cues.glosses import gloss_kind
from framing.reading import Corpus


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [
        ("(D-Vt.)", "party"),
        ("(R-N.Y.)", "party"),
        ("(CDU)", "party"),
        ("(47)", "age"),
        ("(47 лет)", "age"),
        ("(1920–1999)", "years"),
        ("(NYSE: ORL)", "ticker"),
        ("(IRGC)", "acronym"),
        ("(ХАМАС)", "acronym"),
        ("(3.5 miles)", "number"),
        ("(«Eagle»)", "translation"),
        ("(banned in Russia)", None),
        ("(terrorists)", None),
        ("(see the ledger)", None),
    ],
)
def test_kinds(phrase, kind):
    assert gloss_kind(phrase) == kind


def test_glosses_have_spans_and_targets():
    text = "Ann Orlan (D-Vt.) met the Orlan Guard (OG) and a man (47)."
    frame = pd.DataFrame([{"article_id": "a", "outlet": "o", "title": "", "text": text, "language": "en"}])
    corpus = Corpus(frame)
    found = find_glosses(corpus)
    corpus.check_spans(found)
    assert found[["surface", "target", "rule_id"]].to_numpy().tolist() == [
        ["(D-Vt.)", "Ann Orlan", "gloss/party"],
        ["(OG)", "Orlan Guard", "gloss/acronym"],
    ]
    assert set(found["family"]) == {"gloss"}
