"""Moving between screens by a hurried hand, a slow phone, or with no worker there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import poll
from tests.support.form import NIK, Officer, hold_steps

pytestmark = pytest.mark.browser


def paint_nothing(page: Page) -> None:
    """No frame, and no step with the server, makes the page tell its address."""
    # Steps end with the present screen shown again, which tells its address at once.
    hold_steps(page)
    page.evaluate("window.requestAnimationFrame = () => 0")


def let_a_step_end(page: Page) -> None:
    """One step with the server, held since paint_nothing: the page tells its address after it."""
    page.evaluate("letStepsGo()")
    page.evaluate("dispatchEvent(new Event('online'))")


def test_a_screen_is_named_by_its_heading_after_back_too(officer: Officer, page: Page) -> None:
    expect(page).to_have_title("Hari ini")
    page.get_by_test_id("add-worker").click()
    page.get_by_role("button", name="Pasar Liwa").wait_for()
    expect(page).to_have_title(page.locator("h1").inner_text())
    page.evaluate("history.back()")
    expect(page).to_have_title("Hari ini")


def test_a_screen_shown_again_is_no_page_to_go_back_to(officer: Officer, page: Page) -> None:
    officer.start()
    length = page.evaluate("history.length")
    for _ in range(2):
        page.get_by_test_id("next").click()
        expect(page.get_by_test_id("form-errors")).to_be_visible()
    page.get_by_test_id("discard").click()
    page.wait_for_url("**/discard")
    assert page.evaluate("history.length") == length + 1


def test_addresses_follow_in_order_where_nothing_is_painted(officer: Officer, page: Page) -> None:
    officer.start()
    form = page.url
    paint_nothing(page)
    page.get_by_test_id("discard").click()
    stay = page.get_by_role("link", name="Lanjut mengisi")
    stay.wait_for(state="attached")
    assert page.url == form
    stay.evaluate("link => link.click()")
    expect(page.locator("form[data-step=nik]")).to_be_visible()
    assert page.url.endswith("/discard")
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
    page.evaluate("document.querySelector('[data-testid=discard]').click()")
    stay.wait_for(state="attached")
    assert page.url.endswith("/discard")


def test_a_screen_whose_address_is_not_told_yet_is_not_taken_for_the_one_before(
    officer: Officer, page: Page
) -> None:
    paint_nothing(page)
    page.get_by_test_id("add-worker").click()
    village = page.get_by_role("button", name="Pasar Liwa")
    village.wait_for(state="attached")
    assert page.url.endswith("/field/")
    page.evaluate(SENDING)
    let_a_step_end(page)
    poll(page, "location.pathname === '/field/choose'")
    page.wait_for_timeout(300)
    expect(village).to_be_attached()


def test_back_from_a_screen_whose_address_is_not_told_yet_goes_back(
    officer: Officer, page: Page
) -> None:
    officer.start()
    paint_nothing(page)
    page.get_by_test_id("discard").click()
    page.get_by_test_id("confirm-discard").wait_for(state="attached")
    page.evaluate("history.back()")
    page.get_by_role("button", name="Pasar Liwa").wait_for(state="attached")
    assert page.url.endswith("/field/choose")


def test_a_save_is_painted_before_what_stands_below_it(officer: Officer, page: Page) -> None:
    officer.start()
    officer.honest_path()
    paint_nothing(page)
    page.get_by_test_id("next").click()
    state, below = page.get_by_test_id("saved-state"), page.get_by_test_id("add-another")
    expect(state).to_be_in_viewport()
    expect(page.locator(".cover h1")).to_be_in_viewport()
    expect(page.locator("form[data-draft][data-going][data-leaving]")).to_have_count(1)
    expect(below).to_have_count(0)
    expect(page.get_by_test_id("code")).to_have_count(0)
    let_a_step_end(page)
    expect(below).to_be_visible()
    expect(page.get_by_test_id("code")).to_be_visible()
    expect(state).to_have_count(1)


# How often a first look was laid over the page.
NOTED = """
() => {
  window.covered = 0;
  new MutationObserver(() => { window.covered += Boolean(document.querySelector(".cover")); })
    .observe(document.body, { childList: true });
}
"""


def test_a_screen_shown_again_is_whole_at_once(officer: Officer, page: Page) -> None:
    officer.start()
    officer.honest_path()
    officer.save()
    expect(page.get_by_test_id("add-another")).to_be_visible()
    page.evaluate(NOTED)
    show_again_beside(page)
    expect(page.locator(".mark-sending")).to_have_count(0)
    expect(page.get_by_test_id("saved")).to_be_visible()
    assert page.evaluate("window.covered") == 0


def test_back_shows_the_screen_whole_that_it_leaves(officer: Officer, page: Page) -> None:
    officer.start()
    officer.honest_path()
    paint_nothing(page)
    page.get_by_test_id("next").click()
    expect(page.locator(".cover")).to_have_count(1)
    page.evaluate(NO_WORKER["silent"])
    form = page.url
    page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    expect(page.get_by_test_id("add-another")).to_be_visible()
    assert page.url == form


# Answers to addresses that a page's own script asks for are counted; those of ``kept`` wait until
# ``letCome`` names them, or nothing for all.
ANSWERS = """
({ counted, kept }) => {
  const fetched = window.fetch;
  const waiting = [];
  window.held = 0;
  window.begun = 0;
  window.letCome = path => {
    for (const one of waiting.splice(0)) {
      if (!path || one.path === path) one.come();
      else waiting.push(one);
    }
    if (path) kept = kept.filter(one => one !== path);
    else kept = [];
  };
  window.fetch = async (asked, ...more) => {
    const { pathname } = new URL(asked, location);
    const noted = more[0]?.method === "GET" && [...counted, ...kept].includes(pathname);
    const answer = await fetched(asked, ...more);
    if (!noted) return answer;
    window.held += 1;
    window.begun += 1;
    if (kept.includes(pathname)) {
      await new Promise(come => waiting.push({ path: pathname, come }));
    }
    window.held -= 1;
    if (window.fails) throw new TypeError();
    return answer;
  };
}
"""
# Instead of the worker's answer to what a page's own script asks for, by message and by request.
NO_WORKER = {
    "nobody": """
        () => {
          ServiceWorker.prototype.postMessage = () => { throw new DOMException(); };
          window.fetch = async () => {
            await new Promise(done => setTimeout(done, 50));
            throw new TypeError();
          };
        }""",
    "silent": "() => { window.fetch = () => new Promise(() => {}); }",
    "the server": """
        () => {
          ServiceWorker.prototype.postMessage = () => {};
          window.fetch = async () => new Response('<!doctype html><p>boot');
        }""",
}
# A screen that still says "sending" is asked for again after the next step with the server.
SENDING = """
() => {
  const mark = document.createElement("i");
  mark.className = "mark-sending";
  document.querySelector("#page").append(mark);
}
"""
# The worker's answers to what forms say wait until ``letFormsCome``.
FORMS_KEPT = """
() => {
  const { prototype } = ServiceWorker;
  const { postMessage } = prototype;
  const waiting = [];
  let kept = true;
  window.letFormsCome = () => {
    kept = false;
    for (const come of waiting.splice(0)) come();
  };
  prototype.postMessage = function (message, [port]) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      if (kept) waiting.push(() => port.postMessage(data));
      else port.postMessage(data);
    };
    return postMessage.call(this, message, [port2]);
  };
}
"""
HELD, COME = "window.held > 0", "window.held === 0"
# How often a form was sent, and what was asked for by request.
COUNTED = """
() => {
  const { prototype } = ServiceWorker;
  const { postMessage } = prototype;
  const fetched = window.fetch;
  window.sent = 0;
  window.requests = [];
  prototype.postMessage = function (message, ports) {
    window.sent += Number(Boolean(message.path?.endsWith("/field/form/new")));
    return postMessage.call(this, message, ports);
  };
  window.fetch = (asked, how) => {
    window.requests.push(new URL(asked, location).pathname);
    return fetched(asked, how);
  };
}
"""
# The worker hears what a form says, and its answer is lost on the way.
ANSWER_LOST = """
() => {
  const { prototype } = ServiceWorker;
  const { postMessage } = prototype;
  prototype.postMessage = function (message) {
    return postMessage.call(this, message, [new MessageChannel().port2]);
  };
}
"""
# The worker names a screen that is not its own to make.
ANSWER_ELSEWHERE = """
() => {
  ServiceWorker.prototype.postMessage = (_message, [port]) => {
    port.postMessage({ text: "", push: null, away: "/field/settings" });
  };
}
"""


def keep_answers(page: Page, *kept: str, counted: tuple[str, ...] = ()) -> None:
    """Answers to ``kept`` addresses come when they are let; those to ``counted`` at once."""
    page.evaluate(ANSWERS, {"kept": list(kept), "counted": list(counted)})


def show_again(page: Page) -> None:
    """What a step with the server ends with: Today is shown again."""
    page.evaluate(SENDING)
    page.get_by_test_id("sync-now").click()


def stays(page: Page, shown: Locator) -> None:
    """What is shown now is still there once every answer that was kept has come."""
    expect(shown).to_be_visible()
    page.evaluate("letCome()")
    poll(page, COME)
    page.wait_for_timeout(300)
    expect(shown).to_be_visible()


@pytest.mark.parametrize("fails", [False, True], ids=["answered", "failed"])
def test_an_old_screen_never_comes_over_a_newer_one(
    officer: Officer, page: Page, fails: bool
) -> None:
    officer.start()
    page.evaluate("fails => { window.fails = fails; }", fails)
    keep_answers(page, "/field/choose")
    page.evaluate("history.back()")
    poll(page, HELD)
    page.get_by_test_id("discard").click()
    yes = page.get_by_test_id("confirm-discard")
    stays(page, yes)


def test_a_screen_shown_again_gives_way_to_one_asked_for_later(
    officer: Officer, page: Page
) -> None:
    keep_answers(page, "/field/")
    show_again(page)
    poll(page, HELD)
    page.get_by_test_id("add-worker").click()
    village = page.get_by_role("button", name="Pasar Liwa")
    stays(page, village)


def test_a_screen_is_not_shown_again_while_another_is_on_its_way(
    officer: Officer, page: Page
) -> None:
    keep_answers(page, "/field/choose", "/field/")
    page.get_by_test_id("add-worker").click()
    poll(page, HELD)
    show_again(page)
    page.evaluate("letCome('/field/choose')")
    village = page.get_by_role("button", name="Pasar Liwa")
    stays(page, village)


def show_again_beside(page: Page) -> None:
    """The same, while something else is going on: nothing is tapped for it."""
    page.evaluate(SENDING)
    page.evaluate("dispatchEvent(new Event('online'))")


def test_a_screen_about_to_be_left_is_not_shown_again(officer: Officer, page: Page) -> None:
    keep_answers(page, "/field/choose", counted=("/field/",))
    page.get_by_test_id("add-worker").click()
    poll(page, HELD)
    show_again_beside(page)
    poll(page, "window.begun === 2 && window.held === 1")
    page.wait_for_timeout(100)
    expect(page.locator(".mark-sending")).to_have_count(1)
    page.evaluate("letCome()")
    page.get_by_role("button", name="Pasar Liwa").wait_for()


def test_what_was_asked_for_again_before_a_forms_answer_is_older_than_that(
    officer: Officer, page: Page
) -> None:
    page.goto(page.url.split("/field/")[0] + "/field/phone")
    keep_answers(page, "/field/phone")
    page.evaluate(FORMS_KEPT)
    page.get_by_test_id("photos-tap").click()
    show_again_beside(page)
    poll(page, HELD)
    page.evaluate("letFormsCome()")
    chosen = page.locator("[data-testid=photos-tap][aria-pressed=true]")
    expect(chosen).to_be_visible()
    chosen.evaluate("button => { button.id = 'answer'; }")
    stays(page, page.locator("#answer"))


def test_a_form_that_is_being_sent_is_not_shown_again(officer: Officer, page: Page) -> None:
    page.goto(page.url.split("/field/")[0] + "/field/phone")
    keep_answers(page, counted=("/field/phone",))
    page.evaluate(FORMS_KEPT)
    page.get_by_test_id("photos-tap").click()
    show_again_beside(page)
    poll(page, "window.begun > 0 && window.held === 0")
    page.wait_for_timeout(100)
    expect(page.locator("form[data-going]")).to_be_visible()
    expect(page.locator(".mark-sending")).to_have_count(1)
    page.evaluate("letFormsCome()")
    expect(page.locator("[data-testid=photos-tap][aria-pressed=true]")).to_be_visible()


def test_a_screen_is_not_shown_again_under_a_finger(officer: Officer, page: Page) -> None:
    keep_answers(page, counted=("/field/",))
    page.get_by_test_id("add-worker").hover()
    page.mouse.down()
    show_again_beside(page)
    poll(page, "window.begun > 0 && window.held === 0")
    expect(page.locator(".mark-sending")).to_have_count(1)
    page.mouse.up()
    page.get_by_role("button", name="Pasar Liwa").wait_for()


def test_a_screen_that_a_finger_held_is_shown_again_once_that_has_left(
    officer: Officer, page: Page
) -> None:
    keep_answers(page, counted=("/field/",))
    page.mouse.move(1, 1)
    page.mouse.down()
    show_again_beside(page)
    poll(page, "window.begun > 0 && window.held === 0")
    expect(page.locator(".mark-sending")).to_have_count(1)
    page.mouse.up()
    expect(page.locator(".mark-sending")).to_have_count(0)


GIVEN = {
    "a line": ("<input class='in' id='asked'>", "box.value = 'x'"),
    "a text": ("<textarea id='asked'></textarea>", "box.value = 'x'"),
    "a choice": ("<input type='radio' id='asked'>", "box.checked = true"),
}


@pytest.mark.parametrize(("box", "give"), GIVEN.values(), ids=GIVEN)
def test_a_screen_is_not_shown_again_over_an_answer_given_meanwhile(
    officer: Officer, page: Page, box: str, give: str
) -> None:
    page.evaluate("box => document.querySelector('main').insertAdjacentHTML('beforeend', box)", box)
    keep_answers(page, "/field/")
    show_again_beside(page)
    poll(page, HELD)
    page.evaluate(f"(() => {{ const box = document.querySelector('#asked'); {give}; }})()")
    stays(page, page.locator("#asked"))


def test_a_hurried_second_tap_sends_a_form_once(officer: Officer, page: Page) -> None:
    page.get_by_test_id("add-worker").click()
    village = page.get_by_role("button", name="Pasar Liwa")
    village.wait_for()
    page.evaluate(COUNTED)
    village.evaluate("button => { button.click(); button.click(); }")
    expect(page.locator("form[data-step=nik]")).to_be_visible()
    assert page.evaluate("window.sent") == 1
    assert "/field/form/new" not in page.evaluate("window.requests")


# How many forms the phone keeps.
FORMS = """
async () => {
  const { name } = (await indexedDB.databases()).find(({ name }) => name.startsWith("jk-"));
  const of = (request) => new Promise((ok) => {
    request.onsuccess = () => ok(request.result);
  });
  const db = await of(indexedDB.open(name));
  const found = await of(db.transaction("drafts").objectStore("drafts").count());
  db.close();
  return found;
}
"""


def test_a_form_whose_answer_is_lost_on_the_way_is_asked_after_and_sent_once(
    officer: Officer, page: Page
) -> None:
    page.get_by_test_id("add-worker").click()
    village = page.get_by_role("button", name="Pasar Liwa")
    village.wait_for()
    page.evaluate(ANSWER_LOST)
    village.click()
    expect(page.locator("form[data-step=nik]")).to_be_visible()
    assert page.evaluate(FORMS) == 1


def test_a_save_whose_answer_is_lost_on_the_way_is_saved_once(officer: Officer, page: Page) -> None:
    officer.start()
    officer.honest_path()
    page.evaluate(ANSWER_LOST)
    officer.save()
    expect(page.get_by_test_id("saved-state")).to_be_visible()
    expect(page.get_by_test_id("add-another")).to_be_visible()
    page.goto(page.url.split("/field/")[0] + "/field/")
    expect(page.get_by_test_id("ledger-recorded")).to_have_text("1")


def test_a_screen_that_the_worker_only_names_is_asked_for(officer: Officer, page: Page) -> None:
    officer.start()
    page.evaluate(ANSWER_ELSEWHERE)
    page.get_by_test_id("next").click()
    expect(page.get_by_role("heading", name="Pengaturan")).to_be_visible()


def test_a_form_that_nobody_answers_stays_and_is_sent_again(officer: Officer, page: Page) -> None:
    officer.start()
    officer.type("nik", NIK)
    officer.choose("nik_match", "Ya")
    page.evaluate("() => { window.kept = [fetch, ServiceWorker.prototype.postMessage]; }")
    page.evaluate(NO_WORKER["nobody"])
    page.get_by_test_id("next").click()
    form = page.locator("form[data-step=nik]:not([data-leaving])")
    expect(form).to_be_visible()
    expect(page.get_by_test_id("nik")).to_have_value("180404 470880 9001")
    page.evaluate("() => { [window.fetch, ServiceWorker.prototype.postMessage] = window.kept; }")
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("form-errors")).to_be_visible()


# A worker that never answers, and a page that has less patience.
SILENT = """
() => {
  const { timeout } = AbortSignal;
  AbortSignal.timeout = ms => timeout.call(AbortSignal, ms / 150);
  ServiceWorker.prototype.postMessage = () => {};
  window.fetch = (asked, { signal }) => new Promise((_, failed) => {
    signal.onabort = () => failed(signal.reason);
  });
}
"""


def test_a_form_that_a_silent_worker_holds_can_be_tapped_again(
    officer: Officer, page: Page
) -> None:
    officer.start()
    page.evaluate(SILENT)
    page.get_by_test_id("next").click()
    expect(page.locator("form[data-step=nik][data-going]")).to_be_visible()
    expect(page.locator("form[data-step=nik]:not([data-going])")).to_be_visible()


def test_a_form_that_gave_way_is_not_written_to_its_draft_any_more(
    officer: Officer, page: Page
) -> None:
    officer.start()
    form = page.locator("form[data-step=nik]").element_handle()
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("form-errors")).to_be_visible()
    assert form.evaluate("form => form.isConnected") is False
    assert form.evaluate("form => form.hasAttribute('data-leaving')") is True


@pytest.mark.parametrize("who", ["nobody", "the server"])
def test_a_link_that_no_worker_answers_is_an_ordinary_link(
    officer: Officer, page: Page, who: str
) -> None:
    officer.start()
    page.evaluate(NO_WORKER[who])
    page.get_by_test_id("discard").click()
    expect(page.get_by_test_id("confirm-discard")).to_be_visible()
    assert page.evaluate("document.documentElement.outerHTML.includes('boot')") is False
    assert page.evaluate("fetch.toString().includes('native')") is True


def test_a_form_that_the_server_answers_is_shown_anew(officer: Officer, page: Page) -> None:
    officer.start()
    officer.type("nik", NIK)
    page.wait_for_timeout(500)
    page.evaluate(NO_WORKER["the server"])
    page.get_by_test_id("next").click()
    poll(page, "fetch.toString().includes('native')")
    expect(page.get_by_test_id("nik")).to_have_value("180404 470880 9001")


def test_a_tap_is_sent_without_the_browsers_look_through_the_form(
    officer: Officer, page: Page
) -> None:
    officer.start()
    page.evaluate(
        "window.sent = [];"
        "addEventListener('submit', e => sent.push([e.isTrusted, e.submitter.value]), true)"
    )
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("form-errors")).to_be_visible()
    assert page.evaluate("sent") == [[False, "next"]]


def test_a_form_that_nobody_here_knows_goes_the_browsers_way(officer: Officer, page: Page) -> None:
    officer.start()
    page.evaluate(
        "document.getElementById('page').insertAdjacentHTML('beforeend',"
        " '<form action=/field/settings><button id=own>.</button></form>')"
    )
    page.locator("#own").evaluate("button => button.click()")
    page.wait_for_url("**/field/settings?")
