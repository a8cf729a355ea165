"""Guards by which no order of arrival decides what a list ends in, each turned off by rewriting one
place, and the life that then ends otherwise.
"""

from __future__ import annotations

from tests.mutants.phone import Mutant
from tests.mutants.rewriting import guard_of_lists as guard

LIFE = "features/village_lists/test_any_order.py::test_named_lives_end_the_same_in_any_order"
ANSWERS = "domain/test_signed_answers.py::test_line_stands"
OVERTAKES = (
    "domain/test_signed_answers.py::test_version_overtakes_only_what_it_saw_and_decided_over"
)
TASKS = "features/village_lists/test_tasks.py"
DISPUTES = "features/village_lists/test_disputing.py"


def life(name: str) -> str:
    """The named life."""
    return f"{LIFE}[{name}]"


CORRECTED = life("a version is looked at when a newer one has corrected it")
CORRECTS = life("a version that corrects is looked at late")
MOVED = life("somebody says otherwise of who was said to have moved")

MUTANTS: list[Mutant] = [
    guard(
        "every version hears",
        "the newest version alone hears what is decided",
        "checking/disputing.py",
        "sorted(rows, key=lambda r: r.n)\n",
        "sorted(rows, key=lambda r: r.n)[-1:]\n",
        life("two phones that did not hear each other sign two words"),
    ),
    guard(
        "overtaken version",
        "the version that counts last speaks",
        "checking/acting.py",
        "        if self._overtaken(signed, known):\n            return OVERTAKEN",
        "        if False:\n            return OVERTAKEN",
        CORRECTED,
    ),
    guard(
        "word that moves nobody",
        "a word that moves no status overtakes one that does",
        "checking/acting.py",
        "spoken(other) in MOVES and overtakes",
        "overtakes",
        life("a word that moves nobody does not take back what an older version did"),
    ),
    guard(
        "village corrects itself",
        "a newer version does not take back what an older one did",
        "checking/acting.py",
        "if speaks and elsewhere and self._was_led(person):",
        "if False:",
        CORRECTS,
    ),
    guard(
        "clash of a signed line",
        "a clash that comes after the signature takes nothing back",
        "checking/acting.py",
        "if person is not None and self._was_led(person):",
        "if False:",
        f"{DISPUTES}::TestClashAfterSigning::test_line_counts_no_more_and_the_signature_stays",
    ),
    guard(
        "state before a move",
        "a move is taken back to where nobody was",
        "checking/acting.py",
        'lower(self.judgement, person, rule, {"list": self.row.list_id}, past)',
        'lower(self.judgement, person, rule, {"list": self.row.list_id})',
        MOVED,
    ),
    guard(
        "verified before a move",
        "who is taken back from a move stays verified by the disputed list",
        "checking/acting.py",
        "if person.status == VERIFIED and not self._verified_elsewhere(person):",
        "if False:",
        life("of a verified one a newer version says so, and somebody otherwise"),
    ),
    guard(
        "led by this list",
        "a clash on a further list takes back what another list did",
        "checking/acting.py",
        "return person.status in LED_TO.values() and by == self.row.list_id",
        "return person.status in LED_TO.values()",
        f"{DISPUTES}::TestClashAfterSigning::test_clash_on_a_further_signed_list_leaves_what_the_first_verified",
    ),
    guard(
        "line that waits",
        "a line whose answers come later never acts",
        "checking/acting.py",
        "        if waits:\n",
        "        if False:\n",
        life("a version rests on what its signer heard by a file"),
    ),
    guard(
        "changed line",
        "what is not as it was signed acts",
        "checking/acting.py",
        "        if differences(signed.item, line):\n            return CHANGED",
        "        if False:\n            return CHANGED",
        "features/village_lists/test_after_signing.py::TestAskedAgain::test_change_before_the_signature_arrives_is_asked_too",
    ),
    guard(
        "refused as signed",
        "a refusal stays when the record is corrected",
        "checking/after_signing.py",
        "judgement.people[one.worker_id].status in SAID]",
        "judgement.people[one.worker_id].status == VERIFIED]",
        life("a refused one's record is corrected"),
    ),
    guard(
        "death at odds",
        "an undone death is asked only where nobody says otherwise",
        "checking/after_signing.py",
        "        heads = resolution_of(known).heads\n",
        "        heads = () if resolution_of(known).clash else resolution_of(known).heads\n",
        life("somebody says otherwise of a death that is undone"),
    ),
    guard(
        "death that is certain",
        "a report that comes after the second word holds",
        "checking/death_reports.py",
        "    is_certain = line.worker_id in certain\n",
        "    is_certain = False\n",
        life("a second report of a death is on its way while it is confirmed"),
    ),
    Mutant(
        "task of an asked line",
        "an answer that comes after the question makes no task",
        "domain/signed_answers.py",
        "for one, row in known.items() if one not in asked})",
        "for one, row in known.items()})",
        f"{TASKS}::TestAskedAgain::test_task_stays_while_a_changed_line_waits_for_its_answer",
    ),
    Mutant(
        "sent back by a list",
        "who was sent back by a list stays so in another village",
        "core/record/status_steps.py",
        'return text_at(evidence_of_status(judgement, person), "list") is not None',
        "return False",
        life("one who was sent back moves away"),
    ),
    Mutant(
        "signed over",
        "a version overtakes another that it did not see",
        "domain/signed_answers.py",
        "return bool(first) and first < seen and not first & last",
        "return True",
        f"{OVERTAKES}[never saw it]",
    ),
    Mutant(
        "said otherwise",
        "what the signer had not seen is no clash",
        "domain/signed_answers.py",
        "if any(not base <= before[one] and not says_the_same(first, known[one]) for one in said):",
        "if False:",
        f"{ANSWERS}[so does one that took it back]",
    ),
    Mutant(
        "asked again",
        "a signed line stands though it is asked again",
        "domain/signed_answers.py",
        "if any(asks_again(known[one]) for one in news):",
        "if False:",
        f"{ANSWERS}[it is asked again]",
    ),
    Mutant(
        "two later words",
        "two later words that clash leave the signed one",
        "domain/signed_answers.py",
        "a not in before[b] and b not in before[a] and not says_the_same(known[a], known[b])",
        "False",
        f"{ANSWERS}[and are settled]",
    ),
    Mutant(
        "rests on the word",
        "a version counts that rests on another word than it says",
        "domain/signed_answers.py",
        "if resolution_of(known).clash or any(word_of(known[one]) != word for one in base):",
        "if resolution_of(known).clash:",
        f"{ANSWERS}[it rests on another word]",
    ),
]
