"""Words that never go to a customer: R54, R55, R56, R58, R59, and A4 on verdicts."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.conduct import Phrase, discourtesies, displeasure, nothing_but_praise, phrases
from complaints.errors import DefinitionError


def found(text: str, **options: object) -> list[tuple[str, str]]:
    return [(one.code, one.phrase) for one in discourtesies(text, **options)]


RUDE = {
    # R58: "不行、不知道、不可以等"
    "不行": "refusal.no",
    "办不到": "refusal.no",
    "没有办法": "refusal.no",
    "不知道": "refusal.dont_know",
    "我们也不清楚": "refusal.dont_know",
    "不可以": "refusal.not_allowed",
    "这是规定": "refusal.not_allowed",
    "no way": "refusal.no",
    "we don't know": "refusal.dont_know",
    "i have no idea": "refusal.dont_know",
    "not allowed": "refusal.not_allowed",
    # R56: responsibility is not shifted
    "不归我管": "blame.not_ours",
    "不归我们管": "blame.not_ours",
    "不关我们的事": "blame.not_ours",
    "不是我们的责任": "blame.not_ours",
    "跟我没关系": "blame.not_ours",
    "与本店无关": "blame.not_ours",
    "是厂家的问题": "blame.not_ours",
    "找厂家去": "blame.go_elsewhere",
    "您找保险公司": "blame.go_elsewhere",
    "请您联系厂家": "blame.go_elsewhere",
    "自己想办法": "blame.go_elsewhere",
    "您自己的问题": "blame.customer",
    "not our problem": "blame.not_ours",
    "nothing to do with us": "blame.not_ours",
    "please contact the manufacturer": "blame.go_elsewhere",
    "your own fault": "blame.customer",
    # R59: honesty is not doubted
    "撒谎": "honesty.lie",
    "骗人": "honesty.lie",
    "我们不信": "honesty.lie",
    "不可能": "honesty.impossible",
    "you are lying": "honesty.lie",
    "we don't believe you": "honesty.lie",
    "that's not possible": "honesty.impossible",
    "it is impossible": "honesty.impossible",
    # R54: no arguing, no harsh words
    "废话": "temper.insult",
    "无理取闹": "temper.insult",
    "急什么": "temper.quarrel",
    "爱修不修": "temper.quarrel",
    "说了多少遍": "temper.quarrel",
    "shut up": "temper.insult",
    "calm down": "temper.quarrel",
    "take it or leave it": "temper.quarrel",
    # A4: verdict language never goes to a customer
    "不成立": "verdict.against_customer",
    "要求不合理": "verdict.against_customer",
    "处罚": "verdict.punishment",
    "not upheld": "verdict.against_customer",
    "unfounded": "verdict.against_customer",
    "punished": "verdict.punishment",
}

COURTEOUS = [
    "",
    " \n",
    "这样处理行不行？",
    "您看可不可以明天送来？可以不可以？",
    "您知不知道附近的门店？",
    "投诉处理结果能不能让您满意？",
    "您可能不能按时到店，我们可以上门取车。",
    "有没有办法让您满意，我们一直在想。",
    "车辆不行驶时请拉紧手刹。",
    "要不行李先放在前台？",
    "检测仍在进行，不仅可以等待，还可以使用代步车。",
    "因不可抗力延误，深表歉意。",
    "您真了不起！",
    "不知道您明天方便吗？",
    "您好，不知道您是否愿意到店复检？",
    "请问不知道您对结果满意吗",
    "这不是您的错。",
    "不是您自己的问题，是我们安排得不周到。",
    "我们会去找厂家协调，并替您找保险公司办理。",
    "我们不管多晚都会给您答复。",
    "我们绝不允许这样的事再次发生。",
    "这个价格绝不骗人。",
    "他妈妈今天来取车。",
    "祝您生活该忙的忙，该闲的闲。",
    "报告各处分别列出了检查结果。",
    "It was not your fault, and we are sorry.",
    "If Monday is not possible for you, would Tuesday suit?",
    "We will contact the manufacturer for you.",
    "We can ask the manufacturer today.",
    "This in no way changes our offer.",
    "A familiar noise, and one with a justified wish for quiet.",
]


@pytest.mark.parametrize(("words", "code"), RUDE.items())
def test_what_the_conduct_rules_forbid_is_found(words: str, code: str) -> None:
    text = f"您好，{words}！"

    assert found(text) == [(code, words)]


@pytest.mark.parametrize("text", COURTEOUS)
def test_a_courteous_text_passes(text: str) -> None:
    assert discourtesies(text) == ()


@pytest.mark.parametrize(
    ("text", "phrases_in_it"),
    [
        ("行不行？不行。", ["不行"]),
        ("行不行不行", ["不行"]),
        ("不行不行！", ["不行", "不行"]),
        ("不可以，可不可以别问了", ["不可以"]),
        ("我们不知道您什么时候方便", ["不知道"]),
        ("不知道您在说什么", ["不知道"]),
        ("不知道。您明天方便吗？", ["不知道"]),
        ("你们的要求：找厂家去。我们去找厂家。", ["找厂家去"]),
        ("这可是你自己的问题", ["是你自己的问题"]),
        ("电瓶不行了", ["不行"]),
        ("不 行，不　可 以", ["不 行", "不　可 以"]),
        ("不\u200b行", ["不\u200b行"]),
        ("ＮＯＴ　ＡＬＬＯＷＥＤ", ["ＮＯＴ　ＡＬＬＯＷＥＤ"]),
        ("We DON’T know; That's  not\npossible.", ["We DON’T know", "That's  not\npossible"]),
        ("客户说no way的时候", ["no way"]),
        ("判定投诉成不成立", ["不成立"]),
        ("因此处罚款", ["处罚"]),
        ("İ think it is not allowed", ["not allowed"]),
        ("不，行。", []),
    ],
)
def test_words_are_found_as_they_stand_and_where_they_are_whole(text: str, phrases_in_it: list[str]) -> None:
    places = [(one.phrase, text[one.start : one.end]) for one in discourtesies(text)]

    assert places == [(phrase, phrase) for phrase in phrases_in_it]


courteous = st.sampled_from([text for text in COURTEOUS if text.strip()])
rude = st.sampled_from(sorted(RUDE))
blanks = st.sampled_from([" ", "  ", "\n", "\u3000", "\u00a0", "\u200b", " \u2060"])
han = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=6)


@given(courteous, rude, courteous)
def test_courteous_words_around_it_hide_nothing(before: str, words: str, after: str) -> None:
    text = f"{before}。{words}。{after}"

    assert [(one.code, one.start, one.end) for one in discourtesies(text)] == [
        (RUDE[words], len(before) + 1, len(before) + 1 + len(words))
    ]


@given(st.lists(st.one_of(courteous, rude), max_size=4))
def test_a_letter_is_as_discourteous_as_its_sentences(sentences: list[str]) -> None:
    alone = [one for sentence in sentences for one in found(sentence)]

    assert found("。".join(sentences)) == alone


@given(rude.filter(lambda words: not words.isascii()), st.data())
def test_blanks_between_chinese_characters_hide_nothing(words: str, data: st.DataObject) -> None:
    spaced = words[0] + "".join(data.draw(blanks) + sign for sign in words[1:])

    assert found(f"这{spaced}。") == [(RUDE[words], spaced)]


@given(rude.filter(str.isascii), st.sampled_from([str.upper, str.title, str.capitalize, str.swapcase]))
def test_capitals_hide_nothing(words: str, written: Callable[[str], str]) -> None:
    shown = written(words)

    assert found(f"({shown})") == [(RUDE[words], shown)]


@given(rude.filter(str.isascii), st.sampled_from("abcxyz019"), st.booleans())
def test_part_of_an_english_word_is_no_phrase(words: str, letter: str, before: bool) -> None:
    text = letter + words if before else words + letter

    assert words not in [phrase for _, phrase in found(text)]


@given(st.sampled_from(["行", "可以", "可能", "允许", "知道"]), st.booleans(), courteous)
def test_a_question_with_both_answers_is_courteous(verb: str, short: bool, after: str) -> None:
    asked = f"{verb[0] if short else verb}不{verb}"

    assert discourtesies(f"您看{asked}？{after}") == ()


@given(han, st.sampled_from(["不成立", "处罚"]), han)
def test_no_page_for_customers_says_the_verdict_whatever_stands_around_it(before: str, words: str, after: str) -> None:
    text = before + words + after

    flagged = [one.phrase for one in discourtesies(text)]

    assert words in flagged


@given(st.text() | st.text(alphabet="不行可以知道没办法处罚成立骗人 \n\u200bnotupheldNO'’İ。，", max_size=60))
def test_what_is_found_stands_in_the_text_in_order_and_apart(text: str) -> None:
    result = discourtesies(text)

    assert [one.phrase for one in result] == [text[one.start : one.end] for one in result]
    assert all(one.start < one.end for one in result)
    assert all(one.end <= other.start for one, other in pairwise(result))


def test_every_phrase_says_what_to_write_instead_in_both_languages_and_courteously() -> None:
    suggestions = [text for phrase in phrases() for text in (phrase.instead_zh_CN, phrase.instead_en)]

    assert all(suggestions)
    assert [found(text) for text in suggestions] == [[] for _ in suggestions]


def test_every_phrase_has_its_own_code_words_in_both_languages_and_a_source() -> None:
    listed = phrases()

    assert len({phrase.code for phrase in listed}) == len(listed)
    assert all(phrase.zh and phrase.en for phrase in listed)
    assert {phrase.source for phrase in listed} == {"R54", "R56", "R58", "R59", "A4"}
    assert {phrase.code for phrase in listed} == set(RUDE.values())


def test_chinese_words_begin_with_a_character_so_that_looking_is_fast() -> None:
    words = [word for phrase in phrases() for word in (*phrase.zh, *phrase.harmless_zh)]

    assert [word for word in words if not re.match("[\u4e00-\u9fff]", word)] == []


def test_the_suggestion_comes_in_the_language_asked_for() -> None:
    (refusal,) = discourtesies("不行")

    assert refusal.suggestion("zh_CN") == refusal.kind.instead_zh_CN
    assert refusal.suggestion() == refusal.kind.instead_en
    assert refusal.kind.source == "R58"


def test_a_house_adds_its_own_words() -> None:
    extra = ["亲", "VIP 客户", "no refunds!", "a+b"]

    assert found("亲，VIP 客户：No  refunds! a+b. 不行", extra=extra) == [
        ("house", "亲"),
        ("house", "VIP 客户"),
        ("house", "No  refunds!"),
        ("house", "a+b"),
        ("refusal.no", "不行"),
    ]


def test_a_house_adds_a_phrase_with_its_own_suggestion() -> None:
    dear = Phrase(
        code="house.dear",
        source="house",
        zh=("亲[爱们]?",),
        harmless_zh=("亲自", "母亲"),
        instead_zh_CN="「您」",
        instead_en="you",
    )

    (one,) = discourtesies("亲们，请亲自来", extra=[dear])

    assert (one.code, one.phrase, one.suggestion("zh_CN")) == ("house.dear", "亲们", "「您」")


def test_of_two_that_begin_together_the_longer_one_is_told() -> None:
    assert found("不行的哦", extra=["不行的"]) == [("house", "不行的")]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("(", "'(' is no regular expression: missing ), unterminated subpattern at position 0"),
        ("(a)", "'(a)' captures; write (?:…) for (…)"),
        ("a*", "'a*' would be found everywhere"),
    ],
)
def test_a_phrase_that_cannot_be_looked_for_is_refused(words: str, problem: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        Phrase(code="house.x", source="house", zh=(words,), instead_zh_CN="–", instead_en="–")

    assert refused.value.problems == (problem,)


def test_an_empty_word_of_the_house_is_refused() -> None:
    with pytest.raises(DefinitionError):
        discourtesies("您好", extra=["  "])


# --- how a customer feels (R46) --------------------------------------------------------------------------------------

FINDS_FAULT = {
    "不满意": ("不满意",),
    "等太久了，我很失望": ("太久", "失望"),
    "问题没有解决": ("没有解决",),
    "还是响": ("还是响",),
    "不 满 意": ("不 满 意",),
    "ＲＵＤＥ staff": ("ＲＵＤＥ",),
    "I am not happy with it": ("am not happy",),
    "It wasn’t fixed": ("wasn’t fixed",),
    "waited too long, too long": ("too long",),
    "接待 rude": ("rude",),
}
FINDS_NONE = [
    # negated
    *(
        "没有不满意",
        "没什么不满意的",
        "无任何不满",
        "不是不高兴",
        "谈不上失望",
        "没有让人失望",
        "没有敷衍",
        "问题没有没解决的",
    ),
    *("no complaints", "No complaints at all", "nobody was rude", "not bad", "not too long", "never disappointed"),
    *("nothing to complain about", "not only satisfied but happy", "can't complain"),
    # asked
    *("满不满意都行", "问我满意不满意，我说满意", "高不高兴", "有没有解决？解决了"),
    # only a part of another word
    *("购车不满一年", "不满 30 天", "投诉处理得很好", "the complaint was handled well", "badge", "poorest"),
    *("", "满意", "一般", "more seats, please"),
]


@pytest.mark.parametrize(("text", "words"), FINDS_FAULT.items())
def test_words_of_dissatisfaction_are_found_as_they_stand(text: str, words: tuple[str, ...]) -> None:
    assert displeasure(text) == words


@pytest.mark.parametrize("text", FINDS_NONE)
def test_whoever_finds_no_fault_is_not_said_to(text: str) -> None:
    assert displeasure(text) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("服务很好，谢谢！", ("很好",)),
        ("很专业。师傅热情", ("专业", "热情")),
        ("Great service, thank you!", ("Great",)),
        ("not bad", ("not bad",)),
        ("服务很好，就是等待时间长", ()),
        ("服务很好，座椅太硬", ()),
        ("不太满意", ()),
        ("满不满意？一般", ()),
        ("Good, but slow", ()),
        ("not good", ()),
        ("谢谢", ()),
        ("", ()),
    ],
)
def test_praise_is_praise_where_nothing_else_is_said(text: str, words: tuple[str, ...]) -> None:
    assert nothing_but_praise(text) == words


@given(st.sampled_from([*FINDS_FAULT]), st.sampled_from(["服务很好", "no complaints", "没有不满意"]), st.booleans())
def test_praise_beside_it_hides_no_fault(fault: str, praise: str, is_first: bool) -> None:
    text = f"{praise}。{fault}" if is_first else f"{fault}。{praise}"

    assert displeasure(text) == FINDS_FAULT[fault]
    assert nothing_but_praise(text) == ()


@given(st.text(max_size=60))
def test_what_is_felt_stands_in_the_text(text: str) -> None:
    assert all(word in text for word in (*displeasure(text), *nothing_but_praise(text)))
