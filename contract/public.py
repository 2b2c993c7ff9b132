"""The public API: every operation of the gateway, in the order of the document."""

from __future__ import annotations

from contract import books, fields, generation, headers, imports, jobs, kinds, models
from contract.events import ImportEvent, JobStreamEvent, PointsStreamEvent, SummaryStreamEvent
from servicekit import events
from servicekit.operations import Content, Header, Operation, json_content, no_content

TAGS = {
    "books": "The library.",
    "reading": "Text, chapters, pictures and search.",
    "generation": "Summaries, key points and speech of any text.",
    "whole books": "Summaries of books, made by jobs that can be followed and cancelled.",
    "models": "Engines and models.",
    "operations": "For operators and supervisors.",
}
BOOK_TYPES = ("application/pdf", "application/epub+zip", "text/html", "text/markdown", "text/plain")
PICTURE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
AUDIO_TYPES = ("audio/mpeg", "audio/wav", "audio/ogg")
RECAP_WAIT_S = 20
_BOOKS, _READING, _GENERATION, _WHOLE = "books", "reading", "generation", "whole books"
_LISTED = (headers.TOTAL_COUNT, headers.LINK, headers.ETAG)


def _text(description: str, kind: str, *more: Header) -> Content:
    return Content(description, str, (kind,), more)


def _stream(description: str, event: object) -> Content:
    return Content(description, event, (events.MEDIA_TYPE,))


def _bytes(description: str, kinds: tuple[str, ...], *more: Header) -> Content:
    return Content(description, None, kinds, more)


_PICTURE = _bytes("The picture.", PICTURE_TYPES, headers.ETAG)
_AUDIO = _bytes("The spoken summary.", AUDIO_TYPES, headers.ENGINE, headers.DISPOSITION)
_IMPORT = json_content(imports.Import, "The import.", headers.ETAG)
_JOB = json_content(jobs.Job, "The job.", headers.ETAG)

LIST_BOOKS = Operation(
    "list_books", "GET", "/books/", "List the books", _BOOKS,
    {200: json_content(list[books.Book], "The books on this page of the list.", *_LISTED)},
    "To read it all, follow the `next` links: with their `after` each page is as fast as the first. With `q`, `author` "
    "or `language`, `X-Total-Count` counts up to 10,000.",
    scopes=("read",), query_type=books.ListBooksQuery, headers=(headers.IF_NONE_MATCH,),
)  # fmt: skip
CREATE_BOOK = Operation(
    "create_book", "POST", "/books/", "Add a book", _BOOKS,
    {201: json_content(books.Book, "The new book.", headers.LOCATION, headers.ETAG)},
    scopes=("write",), answer_scope="read",
    body_type=books.NewBook, headers=(headers.IDEMPOTENCY_KEY,), failures=(409, 410, 507),
    kind=kinds.UPLOAD,
)  # fmt: skip
IMPORT_BOOK = Operation(
    "import_book", "POST", "/books/import", "Import a book from a file", _BOOKS,
    {
        200: json_content(books.Book, "The book that these bytes gave before.", headers.LOCATION, headers.ETAG),
        201: json_content(books.Book, "The new book.", headers.LOCATION, headers.ETAG),
    },
    "The same bytes give the same book. `/books/import/events` shows the progress. `Prefer: respond-async` gives what "
    "`POST /imports` gives: an answer before the file is read.",
    scopes=("write",), answer_scope="read",
    form_type=books.ImportForm, headers=(headers.IDEMPOTENCY_KEY,), failures=(409, 410, 507),
    kind=kinds.UPLOAD,
)  # fmt: skip
FOLLOW_IMPORT = Operation(
    "follow_import", "POST", "/books/import/events", "Import a book and follow its progress", _BOOKS,
    {200: _stream("`progress` by page, then `done` with the book, or `problem`.", ImportEvent)},
    "As `/books/import`, which answers the same stream to `Accept: text/event-stream`.",
    scopes=("write", "read"), form_type=books.ImportForm, headers=(headers.IDEMPOTENCY_KEY,), failures=(409, 410, 507),
    kind=kinds.UPLOAD,
)  # fmt: skip
BEGIN_IMPORT = Operation(
    "begin_import", "POST", "/imports", "Import a book in the background", _BOOKS,
    {
        200: json_content(imports.Import, "It has been imported before.", headers.LOCATION),
        202: json_content(
            imports.Import, "The file is stored, and will be read.", headers.LOCATION, headers.RETRY_AFTER
        ),
    },
    "Answers as soon as the file is stored. Reading goes on whatever ends, and is begun again after a restart.",
    scopes=("write",), form_type=books.ImportForm, headers=(headers.IDEMPOTENCY_KEY,), failures=(409, 410, 507),
    kind=kinds.UPLOAD,
)  # fmt: skip
LIST_IMPORTS = Operation(
    "list_imports", "GET", "/imports", "List the imports, the newest first", _BOOKS,
    {200: json_content(list[imports.Import], "The imports on this page of the list.", *_LISTED)},
    "Those in the background; what has ended is listed for a week.",
    scopes=("write",), query_type=fields.Paging, headers=(headers.IF_NONE_MATCH,),
)  # fmt: skip
READ_IMPORT = Operation(
    "read_import", "GET", "/imports/{import_id}", "Read how far an import is", _BOOKS, {200: _IMPORT},
    scopes=("write",), path_type=imports.ImportPath, headers=(headers.IF_NONE_MATCH,),
)  # fmt: skip
CANCEL_IMPORT = Operation(
    "cancel_import", "DELETE", "/imports/{import_id}", "Cancel an import", _BOOKS, {200: _IMPORT},
    "Reading stops within a second, and the file is deleted. To cancel it twice is no error; once it has ended it is a "
    "409.",
    scopes=("write",), path_type=imports.ImportPath, failures=(409,),
)  # fmt: skip
READ_BOOK = Operation(
    "read_book", "GET", "/books/{book_id}", "Read a book's metadata", _BOOKS,
    {200: json_content(books.Book, "The book.", headers.ETAG)},
    scopes=("read",), path_type=books.BookPath, headers=(headers.IF_NONE_MATCH,),
)  # fmt: skip
REPLACE_BOOK = Operation(
    "replace_book", "PUT", "/books/{book_id}", "Replace a book's metadata", _BOOKS,
    {200: json_content(books.Book, "The book.", headers.ETAG)},
    scopes=("write",), answer_scope="read", path_type=books.BookPath, body_type=books.BookReplacement,
    headers=(headers.IF_MATCH,), failures=(412, 507),
)  # fmt: skip
UPDATE_BOOK = Operation(
    "update_book", "PATCH", "/books/{book_id}", "Change some of a book's metadata", _BOOKS,
    {200: json_content(books.Book, "The book.", headers.ETAG)},
    scopes=("write",), answer_scope="read", path_type=books.BookPath, body_type=books.BookPatch,
    headers=(headers.IF_MATCH,), failures=(412, 507),
)  # fmt: skip
DELETE_BOOK = Operation(
    "delete_book", "DELETE", "/books/{book_id}", "Delete a book", _BOOKS, {204: no_content("It is deleted.")},
    scopes=("write",), path_type=books.BookPath, headers=(headers.IF_MATCH,), failures=(412,),
)  # fmt: skip

READ_PAGE = Operation(
    "read_page", "GET", "/books/{book_id}/pages/{page_number}", "Read a page", _READING,
    {200: json_content(books.Page, "The page.", headers.ETAG)},
    "`Accept: text/plain` or `text/markdown` gives what `.txt` and `.md` give.",
    scopes=("read",), path_type=books.PagePath, headers=(headers.IF_NONE_MATCH,),
)  # fmt: skip
READ_PAGE_TEXT = Operation(
    "read_page_text", "GET", "/books/{book_id}/pages/{page_number}.txt", "Read a page as plain text", _READING,
    {200: _text("The text.", "text/plain", headers.ETAG)},
    scopes=("read",), path_type=books.PagePath, headers=(headers.IF_NONE_MATCH,),
)  # fmt: skip
READ_PAGE_MARKDOWN = Operation(
    "read_page_markdown", "GET", "/books/{book_id}/pages/{page_number}.md", "Read a page as Markdown", _READING,
    {200: _text("The text.", "text/markdown", headers.ETAG)},
    scopes=("read",), path_type=books.PagePath, headers=(headers.IF_NONE_MATCH,),
)  # fmt: skip
READ_TEXT = Operation(
    "read_text", "GET", "/books/{book_id}/text", "Read a book's text, whole or some pages", _READING,
    {200: _text("The text.", "text/plain", headers.ETAG)},
    "`Accept: application/json` gives what `text.json` gives.",
    scopes=("read",), path_type=books.BookPath, query_type=books.SpanQuery, headers=(headers.IF_NONE_MATCH,),
    kind=kinds.DOWNLOAD,
)  # fmt: skip
READ_TEXT_PAGES = Operation(
    "read_text_pages", "GET", "/books/{book_id}/text.json", "Read a book's text page by page", _READING,
    {200: json_content(books.BookText, "The pages.", headers.ETAG)},
    scopes=("read",), path_type=books.BookPath, query_type=books.SpanQuery, headers=(headers.IF_NONE_MATCH,),
    kind=kinds.DOWNLOAD,
)  # fmt: skip
LIST_CHAPTERS = Operation(
    "list_chapters", "GET", "/books/{book_id}/chapters", "List the chapters", _READING,
    {200: json_content(books.Chapters, "The chapters.", headers.ETAG)},
    scopes=("read",), path_type=books.BookPath, headers=(headers.IF_NONE_MATCH,),
)  # fmt: skip
SEARCH_PAGES = Operation(
    "search_pages", "GET", "/search", "Search in all pages", _READING,
    {200: json_content(list[books.SearchHit], "The pages that were found, the best first.", *_LISTED)},
    'All words must occur; `"a phrase"` keeps words together, `-word` leaves pages out. `X-Total-Count` counts up to '
    "2,000.",
    scopes=("read",), query_type=books.SearchQuery, headers=(headers.IF_NONE_MATCH,),
)  # fmt: skip
READ_COVER = Operation(
    "read_cover", "GET", "/books/{book_id}/cover", "Read the cover", _READING, {200: _PICTURE},
    scopes=("read",), path_type=books.BookPath, headers=(headers.IF_NONE_MATCH,), kind=kinds.DOWNLOAD,
)  # fmt: skip
READ_FILE = Operation(
    "read_file", "GET", "/books/{book_id}/file", "Download the original file", _READING,
    {
        200: _bytes(
            "Byte for byte as it was imported. The entity tag is the file's SHA-256.",
            (*BOOK_TYPES, "application/octet-stream"),
            headers.ETAG, headers.ACCEPT_RANGES, headers.DISPOSITION,
        ),
        206: _bytes(
            "The bytes of the range.", (*BOOK_TYPES, "application/octet-stream"), headers.ETAG, headers.CONTENT_RANGE
        ),
    },
    scopes=("read",), path_type=books.BookPath, headers=(headers.RANGE, headers.IF_NONE_MATCH), failures=(416,),
    kind=kinds.DOWNLOAD,
)  # fmt: skip
READ_PAGE_IMAGE = Operation(
    "read_page_image", "GET", "/books/{book_id}/pages/{page_number}/image", "Draw a page of a PDF", _READING,
    {200: _PICTURE},
    scopes=("read",), path_type=books.PagePath, query_type=books.PageImageQuery, headers=(headers.IF_NONE_MATCH,),
    kind=kinds.DOWNLOAD,
)  # fmt: skip
LIST_PICTURES = Operation(
    "list_pictures", "GET", "/books/{book_id}/pages/{page_number}/images", "List the pictures on a page", _READING,
    {200: json_content(list[books.Picture], "The pictures.", headers.TOTAL_COUNT, headers.ETAG)},
    scopes=("read",), path_type=books.PagePath, headers=(headers.IF_NONE_MATCH,), kind=kinds.DOWNLOAD,
)  # fmt: skip
READ_PICTURE = Operation(
    "read_picture", "GET", "/books/{book_id}/pages/{page_number}/images/{image_number}", "Read a picture on a page",
    _READING, {200: _PICTURE},
    scopes=("read",), path_type=books.PicturePath, headers=(headers.IF_NONE_MATCH,), kind=kinds.DOWNLOAD,
)  # fmt: skip

_WRITTEN = "With `Accept: text/event-stream` it answers the stream of the same path with `/events`."
GENERATE_SUMMARY = Operation(
    "generate_summary", "POST", "/summaries/generate", "Summarise a text", _GENERATION,
    {200: json_content(generation.Summary, "The summary.")}, _WRITTEN,
    scopes=("generate",), body_type=generation.SummaryRequest, failures=(409, 502, 504),
)  # fmt: skip
STREAM_SUMMARY = Operation(
    "stream_summary", "POST", "/summaries/generate/events", "Summarise a text and follow it", _GENERATION,
    {200: _stream("Progress and text as they come, then `done` or `problem`.", SummaryStreamEvent)},
    scopes=("generate",), body_type=generation.SummaryRequest, failures=(409, 502, 504),
)  # fmt: skip
GENERATE_SUMMARY_AUDIO = Operation(
    "generate_summary_audio", "POST", "/summaries/generate/audio", "Summarise a text, spoken", _GENERATION,
    {200: _AUDIO},
    scopes=("generate",), body_type=generation.SpokenSummaryRequest, failures=(406, 409, 502, 504),
)  # fmt: skip
GENERATE_LONG_SUMMARY = Operation(
    "generate_long_summary", "POST", "/generate-summary", "Summarise a file, a text or a book with the Llama worker",
    _GENERATION, {200: json_content(generation.Summary, "The summary.")},
    f"A file is read, not stored. A book is summarised by a job; see `/books/{{book_id}}/summaries`. {_WRITTEN}",
    scopes=("generate",), field_scopes={"book_id": "read"},
    body_type=generation.LongSummaryRequest, form_type=generation.LongSummaryForm,
    failures=(404, 409, 502, 504),
)  # fmt: skip
STREAM_LONG_SUMMARY = Operation(
    "stream_long_summary", "POST", "/generate-summary/events", "Summarise a file, a text or a book and follow it",
    _GENERATION, {200: _stream("Progress and text as they come, then `done` or `problem`.", SummaryStreamEvent)},
    scopes=("generate",), field_scopes={"book_id": "read"},
    body_type=generation.LongSummaryRequest, form_type=generation.LongSummaryForm,
    failures=(404, 409, 502, 504),
)  # fmt: skip
GENERATE_POINTS = Operation(
    "generate_points", "POST", "/generate-points", "Key points of a text or a book", _GENERATION,
    {200: json_content(generation.Points, "The points.")}, _WRITTEN,
    scopes=("generate",), field_scopes={"book_id": "read"},
    body_type=generation.PointsRequest, failures=(404, 409, 502, 504),
)  # fmt: skip
STREAM_POINTS = Operation(
    "stream_points", "POST", "/generate-points/events", "Key points of a text or a book, followed", _GENERATION,
    {200: _stream("Progress and text as they come, then `done` or `problem`.", PointsStreamEvent)},
    scopes=("generate",), field_scopes={"book_id": "read"},
    body_type=generation.PointsRequest, failures=(404, 409, 502, 504),
)  # fmt: skip

_ACCEPTED = json_content(
    jobs.Job,
    "The job goes on.",
    headers.LOCATION,
    headers.RETRY_AFTER,
    headers.CACHE_STATUS,
    headers.PREFERENCE_APPLIED,
)
_MADE = (headers.LOCATION, headers.CACHE_STATUS, headers.PREFERENCE_APPLIED)
ORDER_SUMMARY = Operation(
    "order_summary", "POST", "/books/{book_id}/summaries", "Summarise a book, a chapter or some pages", _WHOLE,
    {
        200: json_content(jobs.BookSummary, "The summary was there already.", *_MADE),
        201: json_content(jobs.BookSummary, "The new summary.", *_MADE),
        202: _ACCEPTED,
    },
    "Answers 202 with the job at once, or the summary if it is there already. With `Prefer: wait=N` it waits up to N "
    "seconds. Equal requests share one job and one result; `Cache-Status` says so.",
    scopes=("generate", "read"), path_type=books.BookPath, body_type=jobs.SummaryOrder, headers=(headers.PREFER,),
    failures=(409, 502, 504),
)  # fmt: skip
RECAP_BOOK = Operation(
    "recap_book", "GET", "/books/{book_id}/recap", "What has been read so far, without what is still to come", _WHOLE,
    {200: json_content(jobs.BookSummary, "The recap.", *_MADE), 202: _ACCEPTED},
    f"Waits up to {RECAP_WAIT_S} seconds (or `Prefer: wait=N`), then answers 202 with the job.",
    scopes=("generate", "read"), path_type=books.BookPath, query_type=jobs.RecapQuery, headers=(headers.PREFER,),
    failures=(409, 502, 504),
)  # fmt: skip
LIST_SUMMARIES = Operation(
    "list_summaries", "GET", "/books/{book_id}/summaries", "List a book's summaries, the newest first", _WHOLE,
    {200: json_content(list[jobs.BookSummary], "The summaries on this page of the list.", *_LISTED)},
    scopes=("read",), path_type=books.BookPath, query_type=fields.Paging, headers=(headers.IF_NONE_MATCH,),
)  # fmt: skip
READ_SUMMARY = Operation(
    "read_summary", "GET", "/summaries/{summary_id}", "Read a summary", _WHOLE,
    {200: json_content(jobs.BookSummary, "The summary.", headers.ETAG)},
    scopes=("read",), path_type=jobs.SummaryPath, headers=(headers.IF_NONE_MATCH,),
)  # fmt: skip
DELETE_SUMMARY = Operation(
    "delete_summary", "DELETE", "/summaries/{summary_id}", "Delete a summary", _WHOLE,
    {204: no_content("It is deleted.")}, scopes=("write",), path_type=jobs.SummaryPath,
)  # fmt: skip
READ_SUMMARY_AUDIO = Operation(
    "read_summary_audio", "GET", "/summaries/{summary_id}/audio", "Read a summary's audio", _WHOLE,
    {
        200: _bytes(
            "The audio, with chapter marks in its ID3 tag.", ("audio/mpeg",), headers.ETAG, headers.ACCEPT_RANGES
        ),
        206: _bytes("The bytes of the range.", ("audio/mpeg",), headers.ETAG, headers.CONTENT_RANGE),
    },
    scopes=("read",), path_type=jobs.SummaryPath, headers=(headers.RANGE, headers.IF_NONE_MATCH), failures=(416,),
    kind=kinds.DOWNLOAD,
)  # fmt: skip
READ_SUMMARY_CAPTIONS = Operation(
    "read_summary_captions", "GET", "/summaries/{summary_id}/audio.vtt", "Captions of a summary's audio", _WHOLE,
    {200: _text("When each sentence is spoken.", "text/vtt", headers.ETAG)},
    scopes=("read",), path_type=jobs.SummaryPath, headers=(headers.IF_NONE_MATCH,),
)  # fmt: skip
LIST_JOBS = Operation(
    "list_jobs", "GET", "/jobs", "List the jobs, the newest first", _WHOLE,
    {200: json_content(list[jobs.Job], "The jobs on this page of the list.", *_LISTED)},
    scopes=("read",), query_type=jobs.ListJobsQuery, headers=(headers.IF_NONE_MATCH,),
)  # fmt: skip
READ_JOB = Operation(
    "read_job", "GET", "/jobs/{job_id}", "Read a job", _WHOLE, {200: _JOB},
    scopes=("read",), path_type=jobs.JobPath, headers=(headers.IF_NONE_MATCH,),
)  # fmt: skip
CANCEL_JOB = Operation(
    "cancel_job", "DELETE", "/jobs/{job_id}", "Cancel a job", _WHOLE, {200: _JOB},
    "Its work stops within a second. To cancel it twice is no error; a job that has ended is a 409.",
    scopes=("generate", "read"), path_type=jobs.JobPath, failures=(409,),
)  # fmt: skip
FOLLOW_JOB = Operation(
    "follow_job", "GET", "/jobs/{job_id}/events", "Follow a job", _WHOLE,
    {
        200: _stream("The events, until the job has ended; `problem` if it is gone meanwhile.", JobStreamEvent),
        204: no_content("The job has ended, and its last event was seen."),
    },
    "Each event has a number as its id; `Last-Event-ID` goes on where a connection broke. `Accept: application/json` "
    "gives what `events.json` gives.",
    scopes=("read",), path_type=jobs.JobPath, headers=(headers.LAST_EVENT_ID,),
)  # fmt: skip
LIST_JOB_EVENTS = Operation(
    "list_job_events", "GET", "/jobs/{job_id}/events.json", "List what happened to a job so far", _WHOLE,
    {200: json_content(list[jobs.NumberedEvent], "The events, up to 500.", headers.ETAG)},
    scopes=("read",), path_type=jobs.JobPath, query_type=jobs.EventsQuery, headers=(headers.IF_NONE_MATCH,),
)  # fmt: skip
LIST_MODELS = Operation(
    "list_models", "GET", "/models", "Engines, models, devices and limits", "models",
    {200: json_content(models.Models, "Every engine of every worker.")}, scopes=("read",),
)  # fmt: skip

# What the gateway only passes on to catalog_service.
CATALOG = (
    LIST_BOOKS, CREATE_BOOK, IMPORT_BOOK, FOLLOW_IMPORT, BEGIN_IMPORT, LIST_IMPORTS, READ_IMPORT, CANCEL_IMPORT,
    READ_BOOK, REPLACE_BOOK, UPDATE_BOOK, DELETE_BOOK,
    READ_PAGE, READ_PAGE_TEXT, READ_PAGE_MARKDOWN, READ_TEXT, READ_TEXT_PAGES, LIST_CHAPTERS, SEARCH_PAGES, READ_COVER,
    READ_FILE, READ_PAGE_IMAGE, LIST_PICTURES, READ_PICTURE,
    LIST_SUMMARIES, READ_SUMMARY, DELETE_SUMMARY, READ_SUMMARY_AUDIO, READ_SUMMARY_CAPTIONS,
    LIST_JOBS, READ_JOB, CANCEL_JOB, LIST_JOB_EVENTS,
)  # fmt: skip
# What the gateway answers itself, from several services.
OWN = (
    GENERATE_SUMMARY, STREAM_SUMMARY, GENERATE_SUMMARY_AUDIO, GENERATE_LONG_SUMMARY, STREAM_LONG_SUMMARY,
    GENERATE_POINTS, STREAM_POINTS, ORDER_SUMMARY, RECAP_BOOK, FOLLOW_JOB, LIST_MODELS,
)  # fmt: skip
