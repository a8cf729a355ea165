"""Guards of a list's office pages and of who may say something of it, each turned off by rewriting
one place, and the test that then fails.

``old`` must occur exactly once: a guard that was rewritten has to be pointed at again.
"""

from __future__ import annotations

from tests.mutants.phone import Mutant
from tests.mutants.rewriting import guard_of_lists as guard

COLLEAGUES = "attacks/test_colleagues.py"
DECIDING = "features/village_lists/test_deciding.py"
LIST_PAGE = "features/village_lists/test_list_page.py"
BAD_DECISIONS = "features/village_lists/test_bad_decisions.py"
MISSING_NAMES = "features/village_lists/test_missing_names.py"
OPENING = "features/village_lists/test_opening.py"
PAGES = "features/village_lists/test_pages.py"
SIGNING = "features/village_lists/test_signing.py"

MUTANTS: list[Mutant] = [
    guard(
        "list of a village",
        "whoever knows the id reads a list",
        "checking/list_file.py",
        "if row is None or not actor.can_see(row.region_code):",
        "if row is None:",
        f"{PAGES}::TestAccess::test_head_of_another_village_finds_nothing",
    ),
    guard(
        "line of its list",
        "a line opens under another list",
        "checking/list_file.py",
        "if line is None:\n        raise NotThere(line_id)",
        "if line is None:\n        line = file.lines[0]",
        f"{PAGES}::TestAccess::test_line_and_list_are_found_under_their_own_alone",
    ),
    guard(
        "lists beside each other",
        "lists of two villages are compared",
        "one_list/views_list.py",
        "if one.row.region_code != other.row.region_code:",
        "if False:",
        f"{PAGES}::TestAccess::test_line_and_list_are_found_under_their_own_alone",
    ),
    guard(
        "list looked at",
        "a list is read without a line in the audit",
        "one_list/views_list.py",
        '    note_look("list", file',
        '    1 or note_look("list", file',
        f"{PAGES}::TestAccess::test_every_look_at_people_is_audited",
    ),
    guard(
        "line looked at",
        "a line is read without a line in the audit",
        "one_list/views_list.py",
        '    note_look("list_line", file',
        '    1 or note_look("list_line", file',
        f"{PAGES}::TestAccess::test_every_look_at_people_is_audited",
    ),
    guard(
        "lists compared",
        "lists are compared without a line in the audit",
        "one_list/views_list.py",
        '    note_look("list_compared", one',
        '    1 or note_look("list_compared", one',
        f"{PAGES}::TestAccess::test_every_look_at_people_is_audited",
    ),
    guard(
        "list as a file",
        "a list leaves as a file without a line in the audit",
        "one_list/views_list.py",
        '    note_look("export", file',
        '    1 or note_look("export", file',
        f"{PAGES}::TestAccess::test_every_look_at_people_is_audited",
    ),
    guard(
        "lists as a file",
        "all lists leave as a file without a line in the audit",
        "overview/views.py",
        'look_audit.note_look(session, actor, "export"',
        '1 or look_audit.note_look(session, actor, "export"',
        f"{PAGES}::TestAccess::test_every_look_at_people_is_audited",
    ),
    guard(
        "desk's list",
        "a desk writes into any list whose id it knows",
        "checking/desk.py",
        "if row is None or not actor.can_see(row.region_code):",
        "if row is None:",
        f"{COLLEAGUES}::test_every_address_of_a_list_is_shut_to_who_is_not_of_its_village"
        "[head of another village]",
    ),
    guard(
        "lists in sight",
        "a head sees every list of the regency",
        "records/queries_overview.py",
        "if actor.villages is not None:",
        "if False:",
        f"{PAGES}::TestAccess::test_head_of_another_village_finds_nothing",
    ),
    guard(
        "villages in sight",
        "a head sees every village without a list",
        "overview/overview.py",
        "if one.code not in there and actor.can_see(one.code)",
        "if one.code not in there",
        f"{PAGES}::TestAccess::test_head_reads_of_no_village_but_the_own",
    ),
    guard(
        "place of the regency",
        "lists are opened and shown in another regency",
        "overview/presenter.py",
        'return code.startswith(regency + ".") and code in',
        "return code in",
        f"{PAGES}::TestAccess::test_places_of_one_regency_are_none_of_another",
    ),
    guard(
        "opener",
        "any role opens lists",
        "checking/opening.py",
        "    require_decider(actor)\n    kind =",
        "    kind =",
        f"{OPENING}::TestOpening::test_only_a_supervisor_opens_and_closes[admin]",
    ),
    guard(
        "closer",
        "any role closes lists",
        "checking/opening.py",
        "    require_decider(actor)\n    found =",
        "    found =",
        f"{OPENING}::TestOpening::test_only_a_supervisor_opens_and_closes[admin]",
    ),
    guard(
        "opened once",
        "two lists of one matter are open",
        "checking/opening.py",
        "if queries.open_list_id(session, regency, village, form.matter) is not None:",
        "if False:",
        f"{OPENING}::TestOpening::test_one_list_of_a_matter_is_open_in_a_village",
    ),
    guard(
        "opened in sight",
        "a list is opened of a village out of sight",
        "checking/opening.py",
        "queries.village_kind(session, village) if actor.can_see(village) else None",
        "queries.village_kind(session, village)",
        f"{OPENING}::TestOpening::test_village_of_another_supervisor_is_not_there",
    ),
    guard(
        "closed in sight",
        "a list out of sight is closed",
        "checking/opening.py",
        "if found is None or not actor.can_see(found.region_code):",
        "if found is None:",
        f"{OPENING}::TestClosing::test_list_out_of_sight_is_not_there",
    ),
    guard(
        "form of a list",
        "a list is opened whatever its form says",
        "checking/opening.py",
        "    if errors:\n        raise NotAllowed",
        "    if False:\n        raise NotAllowed",
        f"{OPENING}::TestOpening::test_wrong_form_names_its_field[change0-purpose]",
    ),
    guard(
        "closed once",
        "a closed list is closed again",
        "checking/opening.py",
        'if row is None or row.state == "closed":',
        "if row is None:",
        f"{OPENING}::TestClosing::test_closed_or_unknown_is_said",
    ),
    guard(
        "asked before closing",
        "looking at the page closes the list",
        "one_list/views_list.py",
        'if request.method != "POST":',
        "if False:",
        f"{LIST_PAGE}::TestList::test_closing_asks_first",
    ),
    guard(
        "who may say",
        "any role decides on a phone",
        "checking/saying.py",
        'return "desk" if at_desk and role in DESK_ROLES else None',
        'return "desk"',
        f"{DECIDING}::TestWhoSaysIt::test_roles_of_the_desk_say_nothing_on_a_phone[supervisor]",
    ),
    guard(
        "desk enters paper",
        "a desk decides by itself",
        "checking/deciding.py",
        "if voice is None or (only_enters_paper(voice) and said",
        "if voice is None or (False and said",
        f"{DECIDING}::TestWhoSaysIt::test_desk_enters_paper_and_decides_nothing_itself",
    ),
    guard(
        "list of its village",
        "a save reaches another village's list",
        "checking/saying.py",
        "if row.region_code != change.scope:",
        "if False:",
        f"{BAD_DECISIONS}::TestBadInput::test_list_of_another_village_or_unknown",
    ),
    guard(
        "closed list",
        "a closed list takes what comes",
        "checking/saying.py",
        'if row.state != "closed" or context.force:',
        "if True:",
        f"{DECIDING}::TestWhatStands::"
        "test_decision_on_a_closed_list_is_held_and_counts_once_accepted",
    ),
    guard(
        "lines of the list",
        "a decision names lines of another list",
        "checking/deciding.py",
        "if line is not None and line.list_id == list_id",
        "if line is not None",
        f"{DECIDING}::TestWhoSaysIt::test_lines_of_another_list_in_one_push_are_unknown",
    ),
    guard(
        "never written over",
        "another decision under the same id is taken for the first",
        "checking/deciding.py",
        'if known != said or self.authors[said["id"]] != voice.author:',
        'if self.authors[said["id"]] != voice.author:',
        f"{DECIDING}::TestWhatStands::test_row_is_never_written_over",
    ),
    guard(
        "name never written over",
        "another name under the same id is taken for the first",
        "checking/adding.py",
        "if known[0] != said:",
        "if False:",
        f"{MISSING_NAMES}::TestMissingNames::test_name_is_never_written_over",
    ),
    guard(
        "reason of one",
        "many are struck off in one go",
        "checking/deciding.py",
        'if said["verdict"] not in OF_MANY and (many or said["how"] == TOGETHER):',
        "if False:",
        f"{BAD_DECISIONS}::TestBadInput::test_reason_is_for_one_name",
    ),
    guard(
        "meeting of the village",
        "a desk begins the meeting",
        "checking/meeting.py",
        'if voice is None or voice.via == "desk":',
        "if voice is None:",
        f"{MISSING_NAMES}::TestMissingNames::test_desk_begins_none",
    ),
    guard(
        "signature by a person",
        "a desk without a role signs",
        "checking/signing.py",
        "if voice is None or voice.author is None:",
        "if False:",
        f"{SIGNING}::TestWhoSigns::test_supervisor_signs_nothing_on_a_phone",
    ),
]
