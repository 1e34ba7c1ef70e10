from __future__ import annotations


def test_the_judge_takes_and_refuses_what_oasis_says(grammar_with, oasis_cases):
    judge = grammar_with(oasis_cases["Constraints"])
    # Three cases name a rule in another spelling than the grammar.
    spelled = {"boolcommonExpr": "boolCommonExpr", "orderBy": "orderby"}
    wrong = [
        case
        for case in oasis_cases["TestCases"]
        if judge.accepts(spelled.get(case["Rule"], case["Rule"]), case["Input"]) is ("FailAt" in case)
    ]
    assert wrong == []
    assert len(oasis_cases["TestCases"]) == 840
