"""Where the cursor stands when a form comes back: in its first wrong field, also without script.

A form that comes back answers 422 and marks its wrong fields with aria-invalid. The first of them
gets the focus here; where no field is marked, the error itself. No form has to think of it. A page
whose error lies elsewhere than in a marked field says ``autofocus`` itself.
"""

from __future__ import annotations

import re

from flask import Flask, Response

# Values are escaped, so no tag holds a ">" before its end.
OWN = re.compile(r'<[a-z](?:[^>"]|"[^"]*")*\sautofocus(?=[\s>])')
MARKED = re.compile(r'<(?:input|select|textarea)\b(?=[^>]*\saria-invalid="true")')
SAID = re.compile(r'<[a-z]\w*(?=[^>]*\srole="alert")')


def focus_first_error(page: str) -> str:
    """The page with the focus on its first error; as it was where it says none, or says itself
    where the focus belongs."""
    if OWN.search(page):
        return page
    if field := MARKED.search(page):
        return f"{page[: field.end()]} autofocus{page[field.end() :]}"
    if words := SAID.search(page):
        return f'{page[: words.end()]} tabindex="-1" autofocus{page[words.end() :]}'
    return page


def init_app(app: Flask) -> None:
    """Set the focus in every page that answers 422."""

    @app.after_request
    def first_error(answer: Response) -> Response:
        if answer.status_code == 422 and answer.mimetype == "text/html":
            answer.set_data(focus_first_error(answer.get_data(as_text=True)))
        return answer
