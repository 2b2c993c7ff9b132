// Written by `make client` from docs/openapi.json. Do not edit.

export interface paths {
    "/books/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the books
         * @description To read it all, follow the `next` links: with their `after` each page is as fast as the first. With `q`, `author` or `language`, `X-Total-Count` counts up to 10,000.
         *
         *     Needs the scope `read`.
         */
        get: operations["list_books"];
        put?: never;
        /**
         * Add a book
         * @description Add a book.
         *
         *     Needs the scope `write`. A key without `read` gets status and `Location`, but no body.
         */
        post: operations["create_book"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import a book from a file
         * @description The same bytes give the same book. `/books/import/events` shows the progress. `Prefer: respond-async` gives what `POST /imports` gives: an answer before the file is read.
         *
         *     Needs the scope `write`. A key without `read` gets status and `Location`, but no body.
         */
        post: operations["import_book"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/import/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import a book and follow its progress
         * @description As `/books/import`, which answers the same stream to `Accept: text/event-stream`.
         *
         *     Needs the scopes `write` and `read`.
         */
        post: operations["follow_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the imports, the newest first
         * @description Those in the background; what has ended is listed for a week.
         *
         *     Needs the scope `write`.
         */
        get: operations["list_imports"];
        put?: never;
        /**
         * Import a book in the background
         * @description Answers as soon as the file is stored. Reading goes on whatever ends, and is begun again after a restart.
         *
         *     Needs the scope `write`.
         */
        post: operations["begin_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{import_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read how far an import is
         * @description Read how far an import is.
         *
         *     Needs the scope `write`.
         */
        get: operations["read_import"];
        put?: never;
        post?: never;
        /**
         * Cancel an import
         * @description Reading stops within a second, and the file is deleted. To cancel it twice is no error; once it has ended it is a 409.
         *
         *     Needs the scope `write`.
         */
        delete: operations["cancel_import"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/{book_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a book's metadata
         * @description Read a book's metadata.
         *
         *     Needs the scope `read`.
         */
        get: operations["read_book"];
        /**
         * Replace a book's metadata
         * @description Replace a book's metadata.
         *
         *     Needs the scope `write`. A key without `read` gets status and `Location`, but no body.
         */
        put: operations["replace_book"];
        post?: never;
        /**
         * Delete a book
         * @description Delete a book.
         *
         *     Needs the scope `write`.
         */
        delete: operations["delete_book"];
        options?: never;
        head?: never;
        /**
         * Change some of a book's metadata
         * @description Change some of a book's metadata.
         *
         *     Needs the scope `write`. A key without `read` gets status and `Location`, but no body.
         */
        patch: operations["update_book"];
        trace?: never;
    };
    "/books/{book_id}/pages/{page_number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a page
         * @description `Accept: text/plain` or `text/markdown` gives what `.txt` and `.md` give.
         *
         *     Needs the scope `read`.
         */
        get: operations["read_page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/{book_id}/pages/{page_number}.txt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a page as plain text
         * @description Read a page as plain text.
         *
         *     Needs the scope `read`.
         */
        get: operations["read_page_text"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/{book_id}/pages/{page_number}.md": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a page as Markdown
         * @description Read a page as Markdown.
         *
         *     Needs the scope `read`.
         */
        get: operations["read_page_markdown"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/{book_id}/text": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a book's text, whole or some pages
         * @description `Accept: application/json` gives what `text.json` gives.
         *
         *     Needs the scope `read`.
         */
        get: operations["read_text"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/{book_id}/text.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a book's text page by page
         * @description Read a book's text page by page.
         *
         *     Needs the scope `read`.
         */
        get: operations["read_text_pages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/{book_id}/chapters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the chapters
         * @description List the chapters.
         *
         *     Needs the scope `read`.
         */
        get: operations["list_chapters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search in all pages
         * @description All words must occur; `"a phrase"` keeps words together, `-word` leaves pages out. `X-Total-Count` counts up to 2,000.
         *
         *     Needs the scope `read`.
         */
        get: operations["search_pages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/{book_id}/cover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the cover
         * @description Read the cover.
         *
         *     Needs the scope `read`.
         */
        get: operations["read_cover"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/{book_id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download the original file
         * @description Download the original file.
         *
         *     Needs the scope `read`.
         */
        get: operations["read_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/{book_id}/pages/{page_number}/image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Draw a page of a PDF
         * @description Draw a page of a PDF.
         *
         *     Needs the scope `read`.
         */
        get: operations["read_page_image"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/{book_id}/pages/{page_number}/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the pictures on a page
         * @description List the pictures on a page.
         *
         *     Needs the scope `read`.
         */
        get: operations["list_pictures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/{book_id}/pages/{page_number}/images/{image_number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a picture on a page
         * @description Read a picture on a page.
         *
         *     Needs the scope `read`.
         */
        get: operations["read_picture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/{book_id}/summaries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a book's summaries, the newest first
         * @description List a book's summaries, the newest first.
         *
         *     Needs the scope `read`.
         */
        get: operations["list_summaries"];
        put?: never;
        /**
         * Summarise a book, a chapter or some pages
         * @description Answers 202 with the job at once, or the summary if it is there already. With `Prefer: wait=N` it waits up to N seconds. Equal requests share one job and one result; `Cache-Status` says so.
         *
         *     Needs the scopes `generate` and `read`.
         */
        post: operations["order_summary"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/summaries/{summary_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a summary
         * @description Read a summary.
         *
         *     Needs the scope `read`.
         */
        get: operations["read_summary"];
        put?: never;
        post?: never;
        /**
         * Delete a summary
         * @description Delete a summary.
         *
         *     Needs the scope `write`.
         */
        delete: operations["delete_summary"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/summaries/{summary_id}/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a summary's audio
         * @description Read a summary's audio.
         *
         *     Needs the scope `read`.
         */
        get: operations["read_summary_audio"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/summaries/{summary_id}/audio.vtt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Captions of a summary's audio
         * @description Captions of a summary's audio.
         *
         *     Needs the scope `read`.
         */
        get: operations["read_summary_captions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the jobs, the newest first
         * @description List the jobs, the newest first.
         *
         *     Needs the scope `read`.
         */
        get: operations["list_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a job
         * @description Read a job.
         *
         *     Needs the scope `read`.
         */
        get: operations["read_job"];
        put?: never;
        post?: never;
        /**
         * Cancel a job
         * @description Its work stops within a second. To cancel it twice is no error; a job that has ended is a 409.
         *
         *     Needs the scopes `generate` and `read`.
         */
        delete: operations["cancel_job"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/events.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what happened to a job so far
         * @description List what happened to a job so far.
         *
         *     Needs the scope `read`.
         */
        get: operations["list_job_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/summaries/generate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Summarise a text
         * @description With `Accept: text/event-stream` it answers the stream of the same path with `/events`.
         *
         *     Needs the scope `generate`.
         */
        post: operations["generate_summary"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/summaries/generate/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Summarise a text and follow it
         * @description Summarise a text and follow it.
         *
         *     Needs the scope `generate`.
         */
        post: operations["stream_summary"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/summaries/generate/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Summarise a text, spoken
         * @description Summarise a text, spoken.
         *
         *     Needs the scope `generate`.
         */
        post: operations["generate_summary_audio"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/generate-summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Summarise a file, a text or a book with the Llama worker
         * @description A file is read, not stored. A book is summarised by a job; see `/books/{book_id}/summaries`. With `Accept: text/event-stream` it answers the stream of the same path with `/events`.
         *
         *     Needs the scope `generate`; with `book_id`, `read` too.
         */
        post: operations["generate_long_summary"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/generate-summary/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Summarise a file, a text or a book and follow it
         * @description Summarise a file, a text or a book and follow it.
         *
         *     Needs the scope `generate`; with `book_id`, `read` too.
         */
        post: operations["stream_long_summary"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/generate-points": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Key points of a text or a book
         * @description With `Accept: text/event-stream` it answers the stream of the same path with `/events`.
         *
         *     Needs the scope `generate`; with `book_id`, `read` too.
         */
        post: operations["generate_points"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/generate-points/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Key points of a text or a book, followed
         * @description Key points of a text or a book, followed.
         *
         *     Needs the scope `generate`; with `book_id`, `read` too.
         */
        post: operations["stream_points"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/{book_id}/recap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What has been read so far, without what is still to come
         * @description Waits up to 20 seconds (or `Prefer: wait=N`), then answers 202 with the job.
         *
         *     Needs the scopes `generate` and `read`.
         */
        get: operations["recap_book"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a job
         * @description Each event has a number as its id; `Last-Event-ID` goes on where a connection broke. `Accept: application/json` gives what `events.json` gives.
         *
         *     Needs the scope `read`.
         */
        get: operations["follow_job"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Engines, models, devices and limits
         * @description Engines, models, devices and limits.
         *
         *     Needs the scope `read`.
         */
        get: operations["list_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the process up?
         * @description Is the process up?.
         */
        get: operations["read_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can it serve?
         * @description Named checks, each `ok` or the reason why not.
         */
        get: operations["read_readiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Prometheus metrics
         * @description Prometheus metrics.
         *
         *     Needs the scope `admin`.
         */
        get: operations["read_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Name and version
         * @description Name and version.
         */
        get: operations["read_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AnyScope: "book" | components["schemas"]["ChapterScope"] | components["schemas"]["PagesScope"] | components["schemas"]["BeforeScope"];
        /**
         * @description The spoken summary.
         * @example {
         *       "seconds": 61.5,
         *       "bytes": 492000,
         *       "type": "audio/mpeg",
         *       "chapters": [
         *         {
         *           "title": "Introduction",
         *           "start_s": 0
         *         }
         *       ]
         *     }
         */
        Audio: {
            /** @example 61.5 */
            seconds: number;
            /** @example 492000 */
            bytes: number;
            /**
             * @description Its media type.
             * @example audio/mpeg
             */
            type: string;
            chapters: components["schemas"]["ChapterMark"][];
        };
        /**
         * @description What a reader has read: everything before a page.
         * @example {
         *       "before": 40
         *     }
         */
        BeforeScope: {
            /**
             * @description The page about to be read.
             * @example 40
             */
            before: number;
        };
        /**
         * @description A book.
         * @example {
         *       "id": 1,
         *       "title": "The Time Machine",
         *       "author": "H. G. Wells",
         *       "description": "A traveller visits the far future.",
         *       "isbn": "9780306406157",
         *       "language": "en",
         *       "publication_date": "1895-05-07",
         *       "page_count": 112,
         *       "word_count": 32414,
         *       "source": "time-machine.txt",
         *       "created_at": "2026-11-26T21:00:00.000000+00:00",
         *       "updated_at": "2026-11-26T21:00:00.000000+00:00",
         *       "format": "txt",
         *       "revision": 1,
         *       "subtitle": "An Invention",
         *       "authors": [
         *         "H. G. Wells"
         *       ],
         *       "contributors": [
         *         {
         *           "name": "J. Smith",
         *           "role": "trl"
         *         }
         *       ],
         *       "series": "Scientific Romances",
         *       "series_index": 1,
         *       "publisher": "Heinemann",
         *       "subjects": [
         *         "time travel",
         *         "fiction"
         *       ],
         *       "warnings": [],
         *       "text_source": "embedded"
         *     }
         */
        Book: {
            /** @example 1 */
            id: number;
            /** @example The Time Machine */
            title: string;
            /** @example H. G. Wells */
            author: string;
            /** @example A traveller visits the far future. */
            description: string | null;
            /**
             * @description ISBN-13, digits only.
             * @example 9780306406157
             */
            isbn: string | null;
            /**
             * @description A BCP 47 tag.
             * @example en
             */
            language: string | null;
            publication_date: string | null;
            /** @example 112 */
            page_count: number;
            /** @example 32414 */
            word_count: number;
            /**
             * @description The name of the file it came from.
             * @example time-machine.txt
             */
            source: string | null;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             * @example 2026-11-26T21:00:00.000000+00:00
             */
            created_at: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             * @example 2026-11-26T21:00:00.000000+00:00
             */
            updated_at: string;
            /**
             * @description The format of the file it came from.
             * @example txt
             */
            format: ("pdf" | "epub" | "html" | "markdown" | "txt") | null;
            /**
             * @description Which version of the text this is; a page never changes within one.
             * @example 1
             */
            revision: number;
            /** @example An Invention */
            subtitle: string | null;
            /**
             * @description The authors one by one, in order.
             * @example [
             *       "H. G. Wells"
             *     ]
             */
            authors: string[];
            /** @description Editors, illustrators, translators and others. */
            contributors: components["schemas"]["Contributor"][];
            /** @example Scientific Romances */
            series: string | null;
            /**
             * @description The place in the series.
             * @example 1
             */
            series_index: number | null;
            /** @example Heinemann */
            publisher: string | null;
            /**
             * @example [
             *       "time travel",
             *       "fiction"
             *     ]
             */
            subjects: string[];
            /**
             * @description What the import skipped, guessed or recovered.
             * @example []
             */
            warnings: components["schemas"]["Warning"][];
            /**
             * @description Where the text comes from: the file itself, or recognised from its pictures; `none` for a scan that has not been read.
             * @example embedded
             * @enum {string}
             */
            text_source: "none" | "embedded" | "ocr";
        };
        /**
         * @description The last event of an import.
         * @example {
         *       "type": "done",
         *       "result": {
         *         "id": 1,
         *         "title": "The Time Machine",
         *         "author": "H. G. Wells",
         *         "description": "A traveller visits the far future.",
         *         "isbn": "9780306406157",
         *         "language": "en",
         *         "publication_date": "1895-05-07",
         *         "page_count": 112,
         *         "word_count": 32414,
         *         "source": "time-machine.txt",
         *         "created_at": "2026-11-26T21:00:00.000000+00:00",
         *         "updated_at": "2026-11-26T21:00:00.000000+00:00",
         *         "format": "txt",
         *         "revision": 1,
         *         "subtitle": "An Invention",
         *         "authors": [
         *           "H. G. Wells"
         *         ],
         *         "contributors": [
         *           {
         *             "name": "J. Smith",
         *             "role": "trl"
         *           }
         *         ],
         *         "series": "Scientific Romances",
         *         "series_index": 1,
         *         "publisher": "Heinemann",
         *         "subjects": [
         *           "time travel",
         *           "fiction"
         *         ],
         *         "warnings": [],
         *         "text_source": "embedded"
         *       }
         *     }
         */
        BookDoneEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "done";
            result: components["schemas"]["Book"];
        };
        /**
         * @description The metadata to change (RFC 7396): null removes a value, and what is not named stays.
         * @example {
         *       "description": "A traveller visits the far future.",
         *       "subtitle": "An Invention",
         *       "series": "Scientific Romances",
         *       "series_index": 1,
         *       "publisher": "Heinemann",
         *       "subjects": [
         *         "time travel",
         *         "fiction"
         *       ],
         *       "title": "The Time Machine",
         *       "author": "H. G. Wells"
         *     }
         */
        BookPatch: {
            /**
             * @description What the book is about.
             * @example A traveller visits the far future.
             */
            description?: string | null;
            isbn?: string | null;
            language?: string | null;
            publication_date?: string | null;
            /** @example An Invention */
            subtitle?: string | null;
            /** @description The authors one by one, in order; `author` alone if empty or null. */
            authors?: string[] | null;
            /** @example Scientific Romances */
            series?: string | null;
            /**
             * @description The place in the series.
             * @example 1
             */
            series_index?: number | null;
            /** @example Heinemann */
            publisher?: string | null;
            /**
             * @example [
             *       "time travel",
             *       "fiction"
             *     ]
             */
            subjects?: string[] | null;
            /** @example The Time Machine */
            title?: string;
            /** @example H. G. Wells */
            author?: string;
        };
        /**
         * @description A book's metadata, all of it; its pages stay.
         * @example {
         *       "description": "A traveller visits the far future.",
         *       "subtitle": "An Invention",
         *       "series": "Scientific Romances",
         *       "series_index": 1,
         *       "publisher": "Heinemann",
         *       "subjects": [
         *         "time travel",
         *         "fiction"
         *       ],
         *       "title": "The Time Machine",
         *       "author": "H. G. Wells"
         *     }
         */
        BookReplacement: {
            /**
             * @description What the book is about.
             * @example A traveller visits the far future.
             */
            description?: string | null;
            isbn?: string | null;
            language?: string | null;
            publication_date?: string | null;
            /** @example An Invention */
            subtitle?: string | null;
            /** @description The authors one by one, in order; `author` alone if empty or null. */
            authors?: string[] | null;
            /** @example Scientific Romances */
            series?: string | null;
            /**
             * @description The place in the series.
             * @example 1
             */
            series_index?: number | null;
            /** @example Heinemann */
            publisher?: string | null;
            /**
             * @example [
             *       "time travel",
             *       "fiction"
             *     ]
             */
            subjects?: string[] | null;
            /** @example The Time Machine */
            title: string;
            /** @example H. G. Wells */
            author: string;
        };
        /**
         * @description A stored summary of a book.
         * @example {
         *       "book_id": 1,
         *       "title": "The Time Machine",
         *       "author": "H. G. Wells",
         *       "revision": 1,
         *       "scope": "book",
         *       "engine": "extractive",
         *       "model": "sentence-graph",
         *       "length": "medium",
         *       "degraded": false,
         *       "degraded_reason": null,
         *       "summary": "The lamp was lit.",
         *       "sentences": [
         *         {
         *           "text": "The lamp was lit.",
         *           "pages": [
         *             7
         *           ],
         *           "support": 1,
         *           "supported": true
         *         }
         *       ],
         *       "points": [
         *         {
         *           "text": "The lamp was lit.",
         *           "pages": [
         *             7
         *           ],
         *           "support": 1,
         *           "supported": true
         *         }
         *       ],
         *       "chapters": [
         *         {
         *           "number": 1,
         *           "title": "Introduction",
         *           "first_page": 1,
         *           "last_page": 9,
         *           "summary": "The lamp was lit.",
         *           "sentences": [
         *             {
         *               "text": "The lamp was lit.",
         *               "pages": [
         *                 7
         *               ],
         *               "support": 1,
         *               "supported": true
         *             }
         *           ]
         *         }
         *       ],
         *       "unsupported": 0,
         *       "audio": null,
         *       "id": "7c9e0a2b0f8e6a1c5b7d4c2e9a3f1b5d",
         *       "created_at": "2026-11-26T21:00:09.000000Z"
         *     }
         */
        BookSummary: {
            /** @example 1 */
            book_id: number;
            /** @example The Time Machine */
            title: string;
            /** @example H. G. Wells */
            author: string;
            /**
             * @description The revision of the text that was read.
             * @example 1
             */
            revision: number;
            /**
             * @description What of the book was summarised.
             * @example book
             */
            scope: components["schemas"]["AnyScope"];
            /**
             * @description What made it.
             * @example extractive
             */
            engine: string;
            /** @example sentence-graph */
            model: string;
            /** @example medium */
            length: components["schemas"]["Length"];
            /**
             * @description Whether another engine than the wanted one answered.
             * @example false
             */
            degraded: boolean;
            /** @example null */
            degraded_reason: string | null;
            /** @example The lamp was lit. */
            summary: string;
            sentences: components["schemas"]["SupportedSentence"][];
            points: components["schemas"]["SupportedSentence"][];
            chapters: components["schemas"]["ChapterSummary"][];
            /**
             * @description How many sentences the book does not support.
             * @example 0
             */
            unsupported: number;
            /**
             * @description The spoken summary; null if none was asked for.
             * @default null
             */
            audio: components["schemas"]["Audio"] | null;
            /** @example 7c9e0a2b0f8e6a1c5b7d4c2e9a3f1b5d */
            id: string;
            /** @example 2026-11-26T21:00:09.000000Z */
            created_at: string;
        };
        /**
         * @description The text of a book, or of some of its pages.
         * @example {
         *       "book_id": 1,
         *       "title": "The Time Machine",
         *       "revision": 1,
         *       "first_page": 7,
         *       "last_page": 7,
         *       "page_count": 112,
         *       "pages": [
         *         {
         *           "page_number": 7,
         *           "text": "The lamp was lit. Nobody came."
         *         }
         *       ]
         *     }
         */
        BookText: {
            /** @example 1 */
            book_id: number;
            /** @example The Time Machine */
            title: string;
            /** @example 1 */
            revision: number;
            /** @example 7 */
            first_page: number;
            /** @example 7 */
            last_page: number;
            /** @example 112 */
            page_count: number;
            pages: components["schemas"]["PageText"][];
        };
        /**
         * @description A chapter. It may begin and end within a page.
         * @example {
         *       "number": 1,
         *       "title": "Introduction",
         *       "first_page": 1,
         *       "last_page": 9,
         *       "share": 0.08,
         *       "confidence": 1,
         *       "source": "contents",
         *       "first_offset": 0,
         *       "level": 1
         *     }
         */
        Chapter: {
            /** @example 1 */
            number: number;
            /** @example Introduction */
            title: string;
            /** @example 1 */
            first_page: number;
            /** @example 9 */
            last_page: number;
            /**
             * @description How much of the book's text it holds.
             * @example 0.08
             */
            share: number;
            /**
             * @description How sure it is that this is a chapter.
             * @example 1
             */
            confidence: number;
            /**
             * @description What it was found by: the file's contents, its headings, or words in its text.
             * @example contents
             * @enum {string}
             */
            source: "contents" | "headings" | "text";
            /**
             * @description Where it begins in the text of its first page, in characters.
             * @example 0
             */
            first_offset: number;
            /**
             * @description 1 for the outermost chapters.
             * @example 1
             */
            level: number;
        };
        /**
         * @description A chapter has been summarised.
         * @example {
         *       "type": "chapter",
         *       "number": 1,
         *       "title": "Introduction",
         *       "first_page": 1,
         *       "last_page": 9,
         *       "summary": "The lamp was lit."
         *     }
         */
        ChapterEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "chapter";
            /** @example 1 */
            number: number;
            /** @example Introduction */
            title: string;
            /** @example 1 */
            first_page: number;
            /** @example 9 */
            last_page: number;
            /** @example The lamp was lit. */
            summary: string;
        };
        /**
         * @description Where a chapter begins in the audio.
         * @example {
         *       "title": "Introduction",
         *       "start_s": 0
         *     }
         */
        ChapterMark: {
            /** @example Introduction */
            title: string;
            /**
             * @description Seconds.
             * @example 0
             */
            start_s: number;
        };
        /**
         * @description One chapter.
         * @example {
         *       "chapter": 3
         *     }
         */
        ChapterScope: {
            /**
             * @description The chapter's number, from 1.
             * @example 3
             */
            chapter: number;
        };
        /**
         * @description A chapter's summary.
         * @example {
         *       "number": 1,
         *       "title": "Introduction",
         *       "first_page": 1,
         *       "last_page": 9,
         *       "summary": "The lamp was lit.",
         *       "sentences": [
         *         {
         *           "text": "The lamp was lit.",
         *           "pages": [
         *             7
         *           ],
         *           "support": 1,
         *           "supported": true
         *         }
         *       ]
         *     }
         */
        ChapterSummary: {
            /**
             * @description 0 is what stands before the first chapter.
             * @example 1
             */
            number: number;
            /** @example Introduction */
            title: string;
            /** @example 1 */
            first_page: number;
            /** @example 9 */
            last_page: number;
            /** @example The lamp was lit. */
            summary: string;
            sentences: components["schemas"]["SupportedSentence"][];
        };
        /**
         * @description The chapters of a book.
         * @example {
         *       "book_id": 1,
         *       "revision": 1,
         *       "chapters": [
         *         {
         *           "number": 1,
         *           "title": "Introduction",
         *           "first_page": 1,
         *           "last_page": 9,
         *           "share": 0.08,
         *           "confidence": 1,
         *           "source": "contents",
         *           "first_offset": 0,
         *           "level": 1
         *         }
         *       ],
         *       "warnings": [
         *         "No chapters were found."
         *       ]
         *     }
         */
        Chapters: {
            /** @example 1 */
            book_id: number;
            /** @example 1 */
            revision: number;
            chapters: components["schemas"]["Chapter"][];
            /**
             * @description Why they may be wrong.
             * @example [
             *       "No chapters were found."
             *     ]
             */
            warnings: string[];
        };
        /**
         * @description Somebody other than an author.
         * @example {
         *       "name": "J. Smith",
         *       "role": "trl"
         *     }
         */
        Contributor: {
            /** @example J. Smith */
            name: string;
            /**
             * @description A MARC relator code, such as `edt`, `ill` or `trl`; `ctb` if unknown.
             * @example trl
             */
            role: string;
        };
        /** @enum {string} */
        EngineName: "auto" | "bart" | "llama" | "extractive";
        /**
         * @description One field that breaks a rule.
         * @example {
         *       "field": "text",
         *       "message": "must not be empty or only white space"
         *     }
         */
        FieldError: {
            /**
             * @description The dotted name of the field.
             * @example text
             */
            field: string;
            /**
             * @description What to change.
             * @example must not be empty or only white space
             */
            message: string;
        };
        /**
         * @description How a model writes; what is not given follows from the length and from the model's own settings.
         * @example {
         *       "max_tokens": 120,
         *       "min_tokens": null,
         *       "num_beams": null,
         *       "no_repeat_ngram_size": null,
         *       "temperature": null,
         *       "top_p": null,
         *       "seed": null,
         *       "stop": null
         *     }
         */
        GenerationOptions: {
            /**
             * @description Longest answer, tokens.
             * @default null
             * @example 120
             */
            max_tokens: number | null;
            /**
             * @description Shortest answer, tokens (BART).
             * @default null
             */
            min_tokens: number | null;
            /**
             * @description Beams of the search (BART).
             * @default null
             */
            num_beams: number | null;
            /**
             * @description No run of so many tokens twice; 0 is off (BART).
             * @default null
             */
            no_repeat_ngram_size: number | null;
            /**
             * @description 0 takes the likeliest token each time, which is the default (Llama).
             * @default null
             */
            temperature: number | null;
            /**
             * @description Share of the probability sampled from (Llama).
             * @default null
             */
            top_p: number | null;
            /**
             * @description The same seed gives the same text (Llama).
             * @default null
             */
            seed: number | null;
            /**
             * @description Texts at which writing ends (Llama).
             * @default null
             */
            stop: string[] | null;
        };
        /**
         * @description The process is up.
         * @example {
         *       "status": "ok",
         *       "service": "gateway"
         *     }
         */
        Health: {
            /**
             * @example ok
             * @constant
             */
            status: "ok";
            /** @example gateway */
            service: string;
        };
        /**
         * @description The import of a file. It holds nothing of what the file says: that is for whoever may read the book.
         * @example {
         *       "id": "0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b",
         *       "state": "running",
         *       "source": "time-machine.pdf",
         *       "pages_done": 12,
         *       "pages_total": 112,
         *       "attempts": 1,
         *       "book_id": null,
         *       "book": null,
         *       "problem": null,
         *       "created_at": "2026-11-26T21:00:00.000000Z",
         *       "started_at": "2026-11-26T21:00:00.100000Z",
         *       "finished_at": null
         *     }
         */
        Import: {
            /** @example 0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b */
            id: string;
            /** @example running */
            state: components["schemas"]["State"];
            /**
             * @description The name of the file.
             * @example time-machine.pdf
             */
            source: string;
            /**
             * @description Pages that have been read.
             * @example 12
             */
            pages_done: number;
            /**
             * @description Known early for formats that have pages.
             * @example 112
             */
            pages_total: number | null;
            /**
             * @description How often reading it was begun.
             * @example 1
             */
            attempts: number;
            /**
             * @description The book, once it has succeeded.
             * @example null
             */
            book_id: number | null;
            /**
             * @description The path of the book.
             * @example null
             */
            book: string | null;
            /**
             * @description Why it failed; null otherwise.
             * @example null
             */
            problem: components["schemas"]["Problem"] | null;
            /** @example 2026-11-26T21:00:00.000000Z */
            created_at: string;
            /** @example 2026-11-26T21:00:00.100000Z */
            started_at: string | null;
            /** @example null */
            finished_at: string | null;
        };
        ImportEvent: components["schemas"]["ProgressEvent"] | components["schemas"]["BookDoneEvent"] | components["schemas"]["ProblemEvent"];
        /**
         * @description A file to import; what is not given is taken from the file.
         * @example {
         *       "file": "text",
         *       "title": "The Time Machine",
         *       "author": "H. G. Wells"
         *     }
         */
        ImportForm: {
            /**
             * Format: binary
             * @description The book: PDF, EPUB, HTML, Markdown or plain text.
             */
            file: Blob;
            /** @example The Time Machine */
            title?: string | null;
            /** @example H. G. Wells */
            author?: string | null;
            description?: string | null;
            isbn?: string | null;
            language?: string | null;
            publication_date?: string | null;
        };
        /**
         * @description A job.
         * @example {
         *       "id": "0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b",
         *       "book_id": 1,
         *       "state": "running",
         *       "stage": "parts",
         *       "parts_done": 12,
         *       "parts_total": 61,
         *       "eta_s": 8.5,
         *       "attempts": 0,
         *       "max_attempts": 20,
         *       "waiting": null,
         *       "degraded": null,
         *       "problem": null,
         *       "request": {
         *         "scope": "book",
         *         "engine": "auto",
         *         "length": "medium",
         *         "points": 5,
         *         "audio": false,
         *         "prefers": "bart",
         *         "options": {
         *           "max_tokens": 120,
         *           "min_tokens": null,
         *           "num_beams": null,
         *           "no_repeat_ngram_size": null,
         *           "temperature": null,
         *           "top_p": null,
         *           "seed": null,
         *           "stop": null
         *         },
         *         "revision": 1
         *       },
         *       "last_event": 14,
         *       "summary_id": null,
         *       "result": null,
         *       "created_at": "2026-11-26T21:00:00.000000Z",
         *       "started_at": "2026-11-26T21:00:00.100000Z",
         *       "finished_at": null
         *     }
         */
        Job: {
            /** @example 0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b */
            id: string;
            /** @example 1 */
            book_id: number;
            /** @example running */
            state: components["schemas"]["State"];
            /**
             * @description What it does now.
             * @example parts
             */
            stage: components["schemas"]["Stage"] | null;
            /** @example 12 */
            parts_done: number;
            /**
             * @description Known once the book has been read.
             * @example 61
             */
            parts_total: number | null;
            /**
             * @description Seconds left, from how long such parts took on this machine before.
             * @example 8.5
             */
            eta_s: number | null;
            /**
             * @description Attempts since it last made progress.
             * @example 0
             */
            attempts: number;
            /**
             * @description Attempts without progress after which it fails.
             * @example 20
             */
            max_attempts: number;
            /**
             * @description Why it waits; null otherwise.
             * @example null
             */
            waiting: components["schemas"]["Waiting"] | null;
            /**
             * @description Why the extractive engine answered instead of the wanted one.
             * @example null
             */
            degraded: string | null;
            /**
             * @description Why it failed; null otherwise.
             * @example null
             */
            problem: components["schemas"]["Problem"] | null;
            request: components["schemas"]["JobRequest"];
            /**
             * @description The number of its latest event.
             * @example 14
             */
            last_event: number;
            /**
             * @description The id of what it made.
             * @example null
             */
            summary_id: string | null;
            /**
             * @description The path of what it made.
             * @example null
             */
            result: string | null;
            /** @example 2026-11-26T21:00:00.000000Z */
            created_at: string;
            /** @example 2026-11-26T21:00:00.100000Z */
            started_at: string | null;
            /** @example null */
            finished_at: string | null;
        };
        JobEvent: components["schemas"]["ProgressEvent"] | components["schemas"]["PartEvent"] | components["schemas"]["StageEvent"] | components["schemas"]["StateEvent"] | components["schemas"]["WaitingEvent"] | components["schemas"]["ChapterEvent"] | components["schemas"]["SummaryEvent"] | components["schemas"]["PointsEvent"];
        /**
         * @description What a job is to make: an order, with the revision of the book that it was placed for.
         * @example {
         *       "scope": "book",
         *       "engine": "auto",
         *       "length": "medium",
         *       "points": 5,
         *       "audio": false,
         *       "prefers": "bart",
         *       "options": {
         *         "max_tokens": 120,
         *         "min_tokens": null,
         *         "num_beams": null,
         *         "no_repeat_ngram_size": null,
         *         "temperature": null,
         *         "top_p": null,
         *         "seed": null,
         *         "stop": null
         *       },
         *       "revision": 1
         *     }
         */
        JobRequest: {
            /**
             * @description The book, a chapter, some pages, or what lies before a page.
             * @example book
             */
            scope: components["schemas"]["AnyScope"];
            /**
             * @description The summariser that was asked for.
             * @example auto
             */
            engine: components["schemas"]["EngineName"];
            /** @example medium */
            length: components["schemas"]["Length"];
            /**
             * @description How many key points at most.
             * @example 5
             */
            points: number;
            /**
             * @description Whether the summaries are to be spoken as well.
             * @example false
             */
            audio: boolean;
            /**
             * @description The worker that `auto` asks first.
             * @example bart
             * @enum {string}
             */
            prefers: "bart" | "llama";
            /** @description How the model is to write. */
            options: components["schemas"]["GenerationOptions"];
            /**
             * @description The revision of the book's text.
             * @example 1
             */
            revision: number;
        };
        JobStreamEvent: components["schemas"]["ProgressEvent"] | components["schemas"]["PartEvent"] | components["schemas"]["StageEvent"] | components["schemas"]["StateEvent"] | components["schemas"]["WaitingEvent"] | components["schemas"]["ChapterEvent"] | components["schemas"]["SummaryEvent"] | components["schemas"]["PointsEvent"] | components["schemas"]["ProblemEvent"];
        /** @enum {string} */
        Length: "short" | "medium" | "long";
        /**
         * @description A file to summarise, without storing it.
         * @example {
         *       "file": "text",
         *       "length": "short",
         *       "engine": "auto"
         *     }
         */
        LongSummaryForm: {
            /**
             * Format: binary
             * @description A PDF, or any other format that can be imported.
             */
            file: Blob;
            /**
             * @description How long the summary should be: with a model about 40, 75 or 200 words. Default: `medium`.
             * @example short
             */
            length?: components["schemas"]["Length"];
            /**
             * @description Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` insist on that worker's model; `extractive` picks the text's own best sentences. Default: `auto`.
             * @example auto
             */
            engine?: components["schemas"]["EngineName"];
        };
        /**
         * @description A text or a book to summarise.
         * @example {
         *       "max_tokens": 120,
         *       "text": "This is a sample text to generate a summary.",
         *       "book_id": null,
         *       "engine": "auto",
         *       "length": "short"
         *     }
         */
        LongSummaryRequest: {
            /**
             * @description Longest answer, tokens.
             * @example 120
             */
            max_tokens?: number | null;
            /** @description Shortest answer, tokens (BART). */
            min_tokens?: number | null;
            /** @description Beams of the search (BART). */
            num_beams?: number | null;
            /** @description No run of so many tokens twice; 0 is off (BART). */
            no_repeat_ngram_size?: number | null;
            /** @description 0 takes the likeliest token each time, which is the default (Llama). */
            temperature?: number | null;
            /** @description Share of the probability sampled from (Llama). */
            top_p?: number | null;
            /** @description The same seed gives the same text (Llama). */
            seed?: number | null;
            /** @description Texts at which writing ends (Llama). */
            stop?: string[] | null;
            /**
             * @description A text.
             * @example This is a sample text to generate a summary.
             */
            text?: string | null;
            /**
             * @description A book of the catalog, instead of a text.
             * @example null
             */
            book_id?: number | null;
            /**
             * @description Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` insist on that worker's model; `extractive` picks the text's own best sentences. Default: `auto`.
             * @example auto
             */
            engine?: components["schemas"]["EngineName"];
            /**
             * @description How long the summary should be: with a model about 40, 75 or 200 words. Default: `medium`.
             * @example short
             */
            length?: components["schemas"]["Length"];
        };
        /**
         * @description One engine of one worker.
         * @example {
         *       "service": "bart_service",
         *       "engine": "extractive",
         *       "model": "sentence-graph",
         *       "device": "cpu",
         *       "loaded": true,
         *       "selected": true,
         *       "why": "BART_ENGINE is extractive",
         *       "limits": {
         *         "window": 1024
         *       },
         *       "card": null
         *     }
         */
        ModelInfo: {
            /** @example bart_service */
            service: string;
            /** @example extractive */
            engine: string;
            /** @example sentence-graph */
            model: string | null;
            /** @example cpu */
            device: string | null;
            /** @example true */
            loaded: boolean;
            /**
             * @description Whether `auto` means this engine.
             * @example true
             */
            selected: boolean;
            /**
             * @description Why it is or is not the one that answers.
             * @example BART_ENGINE is extractive
             */
            why: string;
            /**
             * @description What it takes: windows and lengths in tokens, slots, formats.
             * @example {
             *       "window": 1024
             *     }
             */
            limits: {
                [key: string]: number | string | boolean | null;
            };
            /**
             * @description What a training run wrote of its model: data, scores, licence.
             * @default null
             * @example null
             */
            card: {
                [key: string]: unknown;
            } | null;
        };
        /**
         * @description Every engine of every worker.
         * @example {
         *       "models": [
         *         {
         *           "service": "bart_service",
         *           "engine": "extractive",
         *           "model": "sentence-graph",
         *           "device": "cpu",
         *           "loaded": true,
         *           "selected": true,
         *           "why": "BART_ENGINE is extractive",
         *           "limits": {
         *             "window": 1024
         *           },
         *           "card": null
         *         }
         *       ],
         *       "unreachable": []
         *     }
         */
        Models: {
            models: components["schemas"]["ModelInfo"][];
            /**
             * @description Workers that did not answer.
             * @example []
             */
            unreachable: string[];
        };
        /**
         * @description A book to create; `text`, if given, becomes its pages.
         * @example {
         *       "description": "A traveller visits the far future.",
         *       "subtitle": "An Invention",
         *       "series": "Scientific Romances",
         *       "series_index": 1,
         *       "publisher": "Heinemann",
         *       "subjects": [
         *         "time travel",
         *         "fiction"
         *       ],
         *       "title": "The Time Machine",
         *       "author": "H. G. Wells",
         *       "text": "It was late. She read on."
         *     }
         */
        NewBook: {
            /**
             * @description What the book is about.
             * @example A traveller visits the far future.
             */
            description?: string | null;
            isbn?: string | null;
            language?: string | null;
            publication_date?: string | null;
            /** @example An Invention */
            subtitle?: string | null;
            /** @description The authors one by one, in order; `author` alone if empty or null. */
            authors?: string[] | null;
            /** @example Scientific Romances */
            series?: string | null;
            /**
             * @description The place in the series.
             * @example 1
             */
            series_index?: number | null;
            /** @example Heinemann */
            publisher?: string | null;
            /**
             * @example [
             *       "time travel",
             *       "fiction"
             *     ]
             */
            subjects?: string[] | null;
            /** @example The Time Machine */
            title: string;
            /** @example H. G. Wells */
            author: string;
            /**
             * @description The book's text; cut into pages at sentence ends.
             * @example It was late. She read on.
             */
            text?: string | null;
        };
        /**
         * @description An event of a job, with its number in that job.
         * @example {
         *       "id": 3,
         *       "type": "progress",
         *       "data": {
         *         "type": "progress",
         *         "done": 12,
         *         "total": 61,
         *         "unit": "parts"
         *       }
         *     }
         */
        NumberedEvent: {
            /** @example 3 */
            id: number;
            /**
             * @description The type of the event, as in `data`.
             * @example progress
             */
            type: string;
            data: components["schemas"]["JobEvent"];
        };
        /**
         * @description A page of a book.
         * @example {
         *       "book_id": 1,
         *       "page_number": 7,
         *       "page_count": 112,
         *       "revision": 1,
         *       "text": "The lamp was lit. Nobody came.",
         *       "word_count": 6,
         *       "problem": null,
         *       "prev": "/books/1/pages/6",
         *       "next": "/books/1/pages/8"
         *     }
         */
        Page: {
            /** @example 1 */
            book_id: number;
            /** @example 7 */
            page_number: number;
            /** @example 112 */
            page_count: number;
            /** @example 1 */
            revision: number;
            /** @example The lamp was lit. Nobody came. */
            text: string;
            /** @example 6 */
            word_count: number;
            /**
             * @description Why the page is empty, if it could not be read.
             * @example null
             */
            problem: string | null;
            /**
             * @description The path of the page before.
             * @example /books/1/pages/6
             */
            prev: string | null;
            /**
             * @description The path of the page after.
             * @example /books/1/pages/8
             */
            next: string | null;
        };
        /**
         * @description A page's number and text.
         * @example {
         *       "page_number": 7,
         *       "text": "The lamp was lit. Nobody came."
         *     }
         */
        PageText: {
            /** @example 7 */
            page_number: number;
            /** @example The lamp was lit. Nobody came. */
            text: string;
        };
        /**
         * @description Some pages.
         * @example {
         *       "pages": [
         *         1,
         *         12
         *       ]
         *     }
         */
        PagesScope: {
            /**
             * @description The first page and the last one.
             * @example [
             *       1,
             *       12
             *     ]
             */
            pages: number[];
        };
        /**
         * @description A part of a text has been summarised.
         * @example {
         *       "type": "part",
         *       "chapter": 1,
         *       "title": "Introduction",
         *       "level": 0,
         *       "part": 2,
         *       "parts": 5,
         *       "summary": "The lamp was lit."
         *     }
         */
        PartEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "part";
            /**
             * @description The chapter it belongs to, of a book.
             * @default null
             * @example 1
             */
            chapter: number | null;
            /**
             * @description That chapter's title.
             * @default null
             * @example Introduction
             */
            title: string | null;
            /**
             * @description 0 for parts of the text, 1 for parts of their summaries, and so on.
             * @default 0
             * @example 0
             */
            level: number;
            /** @example 2 */
            part: number;
            /**
             * @description How many there are on this level.
             * @example 5
             */
            parts: number;
            /** @example The lamp was lit. */
            summary: string;
        };
        /**
         * @description A picture on a page.
         * @example {
         *       "number": 1,
         *       "width": 640,
         *       "height": 480,
         *       "url": "/books/1/pages/7/images/1"
         *     }
         */
        Picture: {
            /** @example 1 */
            number: number;
            /**
             * @description Pixels.
             * @example 640
             */
            width: number;
            /**
             * @description Pixels.
             * @example 480
             */
            height: number;
            /**
             * @description The path of the picture.
             * @example /books/1/pages/7/images/1
             */
            url: string;
        };
        /**
         * @description Key points, as a list and as plain text.
         * @example {
         *       "points": [
         *         "The lamp was lit.",
         *         "Nobody came."
         *       ],
         *       "text": "- The lamp was lit.\n- Nobody came.",
         *       "engine": "extractive",
         *       "model": "sentence-graph",
         *       "usage": null,
         *       "truncated": false,
         *       "degraded": false,
         *       "degraded_reason": null,
         *       "result": null
         *     }
         */
        Points: {
            /**
             * @example [
             *       "The lamp was lit.",
             *       "Nobody came."
             *     ]
             */
            points: string[];
            /**
             * @description The same, one line each, with a leading dash.
             * @example - The lamp was lit.
             *     - Nobody came.
             */
            text: string;
            /**
             * @description What made them, as in a summary.
             * @example extractive
             */
            engine: string;
            /** @example sentence-graph */
            model: string;
            /**
             * @description From the Llama worker's model; null otherwise.
             * @default null
             */
            usage: components["schemas"]["Usage"] | null;
            /**
             * @description Whether the model's answer reached its limit; it then ends with its last whole sentence.
             * @default false
             * @example false
             */
            truncated: boolean;
            /**
             * @description Whether another engine than the wanted one answered.
             * @default false
             * @example false
             */
            degraded: boolean;
            /**
             * @description Why, for example because what the model wrote did not pass the checks.
             * @default null
             * @example null
             */
            degraded_reason: string | null;
            /**
             * @description Of a book: the path of the stored result.
             * @default null
             * @example null
             */
            result: string | null;
        };
        /**
         * @description The last event of key points.
         * @example {
         *       "type": "done",
         *       "result": {
         *         "points": [
         *           "The lamp was lit.",
         *           "Nobody came."
         *         ],
         *         "text": "- The lamp was lit.\n- Nobody came.",
         *         "engine": "extractive",
         *         "model": "sentence-graph",
         *         "usage": null,
         *         "truncated": false,
         *         "degraded": false,
         *         "degraded_reason": null,
         *         "result": null
         *       }
         *     }
         */
        PointsDoneEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "done";
            result: components["schemas"]["Points"];
        };
        /**
         * @description The key points are written.
         * @example {
         *       "type": "points",
         *       "points": [
         *         "The lamp was lit."
         *       ]
         *     }
         */
        PointsEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "points";
            /**
             * @example [
             *       "The lamp was lit."
             *     ]
             */
            points: string[];
        };
        /**
         * @description A text (as `points` or `text`) or a book to take key points from.
         * @example {
         *       "max_tokens": 120,
         *       "text": null,
         *       "book_id": null,
         *       "engine": "auto",
         *       "points": "Book description here",
         *       "count": 5
         *     }
         */
        PointsRequest: {
            /**
             * @description Longest answer, tokens.
             * @example 120
             */
            max_tokens?: number | null;
            /** @description Shortest answer, tokens (BART). */
            min_tokens?: number | null;
            /** @description Beams of the search (BART). */
            num_beams?: number | null;
            /** @description No run of so many tokens twice; 0 is off (BART). */
            no_repeat_ngram_size?: number | null;
            /** @description 0 takes the likeliest token each time, which is the default (Llama). */
            temperature?: number | null;
            /** @description Share of the probability sampled from (Llama). */
            top_p?: number | null;
            /** @description The same seed gives the same text (Llama). */
            seed?: number | null;
            /** @description Texts at which writing ends (Llama). */
            stop?: string[] | null;
            /**
             * @description A text.
             * @example null
             */
            text?: string | null;
            /**
             * @description A book of the catalog, instead of a text.
             * @example null
             */
            book_id?: number | null;
            /**
             * @description Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` insist on that worker's model; `extractive` picks the text's own best sentences. Default: `auto`.
             * @example auto
             */
            engine?: components["schemas"]["EngineName"];
            /**
             * @description The text, under the name that the first clients used.
             * @example Book description here
             */
            points?: string | null;
            /**
             * @description How many points at most. Default: `5`.
             * @example 5
             */
            count?: number;
        };
        PointsStreamEvent: components["schemas"]["TokenEvent"] | components["schemas"]["RestartEvent"] | components["schemas"]["ProgressEvent"] | components["schemas"]["PartEvent"] | components["schemas"]["StageEvent"] | components["schemas"]["StateEvent"] | components["schemas"]["WaitingEvent"] | components["schemas"]["ChapterEvent"] | components["schemas"]["SummaryEvent"] | components["schemas"]["PointsEvent"] | components["schemas"]["PointsDoneEvent"] | components["schemas"]["ProblemEvent"];
        /**
         * @description An error (RFC 9457). `detail` says what to change; `errors` names the fields, where fields are wrong.
         *
         *     Some problems have members of their own, such as `limit_bytes`, `accepted` or `job`.
         * @example {
         *       "type": "/problems#invalid-input",
         *       "title": "The request breaks a rule of this route",
         *       "status": 422,
         *       "detail": "text must not be empty or only white space.",
         *       "instance": "/summaries/generate",
         *       "request_id": "5f0c1d2e3a4b"
         *     }
         */
        Problem: {
            /**
             * @description A path that ends with the problem's name.
             * @example /problems#invalid-input
             */
            type: string;
            /** @example The request breaks a rule of this route */
            title: string;
            /**
             * @description The HTTP status.
             * @example 422
             */
            status: number;
            /**
             * @description What to change.
             * @example text must not be empty or only white space.
             */
            detail: string;
            /**
             * @description The path of the request.
             * @default
             * @example /summaries/generate
             */
            instance: string;
            /**
             * @description Finds the request in the logs.
             * @default
             * @example 5f0c1d2e3a4b
             */
            request_id: string;
            /**
             * @description The fields that are wrong.
             * @default []
             */
            errors?: components["schemas"]["FieldError"][];
        } & {
            [key: string]: unknown;
        };
        /**
         * @description The last event of work that failed.
         * @example {
         *       "type": "problem",
         *       "problem": {
         *         "type": "/problems#invalid-input",
         *         "title": "The request breaks a rule of this route",
         *         "status": 422,
         *         "detail": "text must not be empty or only white space.",
         *         "instance": "/summaries/generate",
         *         "request_id": "5f0c1d2e3a4b"
         *       }
         *     }
         */
        ProblemEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "problem";
            problem: components["schemas"]["Problem"];
        };
        /**
         * @description How far the work is.
         * @example {
         *       "type": "progress",
         *       "done": 12,
         *       "total": 61,
         *       "unit": "parts"
         *     }
         */
        ProgressEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "progress";
            /** @example 12 */
            done: number;
            /**
             * @description Null while it is not known.
             * @example 61
             */
            total: number | null;
            /**
             * @example parts
             * @enum {string}
             */
            unit: "pages" | "parts";
        };
        /**
         * @description Whether it can serve.
         * @example {
         *       "ready": true,
         *       "service": "gateway",
         *       "checks": {
         *         "catalog_service": "ok"
         *       },
         *       "details": {
         *         "sandbox": "ok"
         *       }
         *     }
         */
        Readiness: {
            /** @example true */
            ready: boolean;
            /** @example gateway */
            service: string;
            /**
             * @description Each named check: `ok`, or why not.
             * @example {
             *       "catalog_service": "ok"
             *     }
             */
            checks: {
                [key: string]: string;
            };
            /**
             * @description What the operator should know, though it can serve.
             * @default {}
             * @example {
             *       "sandbox": "ok"
             *     }
             */
            details: {
                [key: string]: string;
            };
        };
        /**
         * @description The tokens so far are void: the answer as a whole did not pass the checks, and another follows.
         * @example {
         *       "type": "restart",
         *       "reason": "the model's answer did not pass the checks: unsupported"
         *     }
         */
        RestartEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "restart";
            /** @example the model's answer did not pass the checks: unsupported */
            reason: string;
        };
        Scope: "book" | components["schemas"]["ChapterScope"] | components["schemas"]["PagesScope"];
        /**
         * @description A page that was found.
         * @example {
         *       "book_id": 1,
         *       "page_number": 7,
         *       "title": "The Time Machine",
         *       "author": "H. G. Wells",
         *       "snippet": "the <mark>lighthouse</mark> was dark",
         *       "start": 12,
         *       "end": 22,
         *       "score": 4.2,
         *       "url": "/books/1/pages/7"
         *     }
         */
        SearchHit: {
            /** @example 1 */
            book_id: number;
            /** @example 7 */
            page_number: number;
            /** @example The Time Machine */
            title: string;
            /** @example H. G. Wells */
            author: string;
            /**
             * @description HTML: the text around the words, escaped, the words themselves in `<mark>`.
             * @example the <mark>lighthouse</mark> was dark
             */
            snippet: string;
            /**
             * @description Where the first match begins in the page's text, in characters.
             * @example 12
             */
            start: number;
            /**
             * @description Where it ends.
             * @example 22
             */
            end: number;
            /**
             * @description Higher is better; comparable only within one response.
             * @example 4.2
             */
            score: number;
            /**
             * @description The path of the page.
             * @example /books/1/pages/7
             */
            url: string;
        };
        /**
         * @description A text to summarise and read aloud.
         * @example {
         *       "max_tokens": 120,
         *       "text": "This is a sample text to generate a summary.",
         *       "length": "short",
         *       "engine": "auto",
         *       "speed": 1
         *     }
         */
        SpokenSummaryRequest: {
            /**
             * @description Longest answer, tokens.
             * @example 120
             */
            max_tokens?: number | null;
            /** @description Shortest answer, tokens (BART). */
            min_tokens?: number | null;
            /** @description Beams of the search (BART). */
            num_beams?: number | null;
            /** @description No run of so many tokens twice; 0 is off (BART). */
            no_repeat_ngram_size?: number | null;
            /** @description 0 takes the likeliest token each time, which is the default (Llama). */
            temperature?: number | null;
            /** @description Share of the probability sampled from (Llama). */
            top_p?: number | null;
            /** @description The same seed gives the same text (Llama). */
            seed?: number | null;
            /** @description Texts at which writing ends (Llama). */
            stop?: string[] | null;
            /**
             * @description The text, of any length up to the body limit.
             * @example This is a sample text to generate a summary.
             */
            text: string;
            /**
             * @description How long the summary should be: with a model about 40, 75 or 200 words. Default: `medium`.
             * @example short
             */
            length?: components["schemas"]["Length"];
            /**
             * @description Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` insist on that worker's model; `extractive` picks the text's own best sentences. Default: `auto`.
             * @example auto
             */
            engine?: components["schemas"]["EngineName"];
            voice?: string | null;
            /**
             * @description How fast it is read; 1, the default, is 175 words a minute.
             * @example 1
             */
            speed?: number | null;
        };
        /** @enum {string} */
        Stage: "reading" | "parts" | "chapters" | "book" | "points" | "support" | "speech";
        /**
         * @description A job has begun its next stage.
         * @example {
         *       "type": "stage",
         *       "stage": "parts"
         *     }
         */
        StageEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "stage";
            /** @example parts */
            stage: components["schemas"]["Stage"];
        };
        /** @enum {string} */
        State: "queued" | "running" | "succeeded" | "failed" | "cancelled";
        /**
         * @description A job has changed its state; `succeeded`, `failed` and `cancelled` end the stream.
         * @example {
         *       "type": "state",
         *       "state": "running",
         *       "attempt": 1,
         *       "problem": null,
         *       "summary_id": null
         *     }
         */
        StateEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "state";
            /** @example running */
            state: components["schemas"]["State"];
            /**
             * @description Of `running`: which attempt this is.
             * @default null
             * @example 1
             */
            attempt: number | null;
            /**
             * @description Of `failed`: why.
             * @default null
             * @example null
             */
            problem: components["schemas"]["Problem"] | null;
            /**
             * @description Of `succeeded`: the summary.
             * @default null
             * @example null
             */
            summary_id: string | null;
        };
        /**
         * @description A summary, and what made it.
         * @example {
         *       "summary": "A sample text becomes a summary.",
         *       "engine": "extractive",
         *       "model": "sentence-graph",
         *       "parts": 1,
         *       "input_words": 9,
         *       "summary_words": 6,
         *       "usage": null,
         *       "truncated": false,
         *       "degraded": false,
         *       "degraded_reason": null,
         *       "result": null
         *     }
         */
        Summary: {
            /** @example A sample text becomes a summary. */
            summary: string;
            /**
             * @description What made it: `extractive`, `ctranslate2`, `transformers` or `llama_cpp`.
             * @example extractive
             */
            engine: string;
            /** @example sentence-graph */
            model: string;
            /**
             * @description In how many parts the text was read; null for a book.
             * @default null
             * @example 1
             */
            parts: number | null;
            /**
             * @description Words of the text; null for a book.
             * @default null
             * @example 9
             */
            input_words: number | null;
            /** @example 6 */
            summary_words: number;
            /**
             * @description From the Llama worker's model; null otherwise.
             * @default null
             */
            usage: components["schemas"]["Usage"] | null;
            /**
             * @description Whether the model's answer reached its limit; it then ends with its last whole sentence.
             * @default false
             * @example false
             */
            truncated: boolean;
            /**
             * @description Whether another engine than the wanted one answered.
             * @default false
             * @example false
             */
            degraded: boolean;
            /**
             * @description Why, for example because what the model wrote did not pass the checks.
             * @default null
             * @example null
             */
            degraded_reason: string | null;
            /**
             * @description Of a book: the path of the stored summary.
             * @default null
             * @example null
             */
            result: string | null;
        };
        /**
         * @description The last event of a summary.
         * @example {
         *       "type": "done",
         *       "result": {
         *         "summary": "A sample text becomes a summary.",
         *         "engine": "extractive",
         *         "model": "sentence-graph",
         *         "parts": 1,
         *         "input_words": 9,
         *         "summary_words": 6,
         *         "usage": null,
         *         "truncated": false,
         *         "degraded": false,
         *         "degraded_reason": null,
         *         "result": null
         *       }
         *     }
         */
        SummaryDoneEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "done";
            result: components["schemas"]["Summary"];
        };
        /**
         * @description The summary of the whole scope is written; its support and its audio follow.
         * @example {
         *       "type": "summary",
         *       "summary": "The lamp was lit."
         *     }
         */
        SummaryEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "summary";
            /** @example The lamp was lit. */
            summary: string;
        };
        /**
         * @description What to make of a book.
         * @example {
         *       "scope": "book",
         *       "engine": "auto",
         *       "length": "short",
         *       "points": 5,
         *       "audio": true
         *     }
         */
        SummaryOrder: {
            /**
             * @description The book, a chapter or some pages. Default: `book`.
             * @example book
             */
            scope?: components["schemas"]["Scope"];
            /**
             * @description Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` insist on that worker's model; `extractive` picks the text's own best sentences. Default: `auto`.
             * @example auto
             */
            engine?: components["schemas"]["EngineName"];
            /**
             * @description How long the summary should be: with a model about 40, 75 or 200 words. Default: `medium`.
             * @example short
             */
            length?: components["schemas"]["Length"];
            /**
             * @description How many key points at most; 0 for none. Default: `5`.
             * @example 5
             */
            points?: number;
            /**
             * @description Whether the summaries are to be spoken as well. Default: `false`.
             * @example true
             */
            audio?: boolean;
        };
        /**
         * @description A text to summarise.
         * @example {
         *       "max_tokens": 120,
         *       "text": "This is a sample text to generate a summary.",
         *       "length": "short",
         *       "engine": "auto"
         *     }
         */
        SummaryRequest: {
            /**
             * @description Longest answer, tokens.
             * @example 120
             */
            max_tokens?: number | null;
            /** @description Shortest answer, tokens (BART). */
            min_tokens?: number | null;
            /** @description Beams of the search (BART). */
            num_beams?: number | null;
            /** @description No run of so many tokens twice; 0 is off (BART). */
            no_repeat_ngram_size?: number | null;
            /** @description 0 takes the likeliest token each time, which is the default (Llama). */
            temperature?: number | null;
            /** @description Share of the probability sampled from (Llama). */
            top_p?: number | null;
            /** @description The same seed gives the same text (Llama). */
            seed?: number | null;
            /** @description Texts at which writing ends (Llama). */
            stop?: string[] | null;
            /**
             * @description The text, of any length up to the body limit.
             * @example This is a sample text to generate a summary.
             */
            text: string;
            /**
             * @description How long the summary should be: with a model about 40, 75 or 200 words. Default: `medium`.
             * @example short
             */
            length?: components["schemas"]["Length"];
            /**
             * @description Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` insist on that worker's model; `extractive` picks the text's own best sentences. Default: `auto`.
             * @example auto
             */
            engine?: components["schemas"]["EngineName"];
        };
        SummaryStreamEvent: components["schemas"]["TokenEvent"] | components["schemas"]["RestartEvent"] | components["schemas"]["ProgressEvent"] | components["schemas"]["PartEvent"] | components["schemas"]["StageEvent"] | components["schemas"]["StateEvent"] | components["schemas"]["WaitingEvent"] | components["schemas"]["ChapterEvent"] | components["schemas"]["SummaryEvent"] | components["schemas"]["PointsEvent"] | components["schemas"]["SummaryDoneEvent"] | components["schemas"]["ProblemEvent"];
        /**
         * @description A sentence and the pages that support it.
         * @example {
         *       "text": "The lamp was lit.",
         *       "pages": [
         *         7
         *       ],
         *       "support": 1,
         *       "supported": true
         *     }
         */
        SupportedSentence: {
            /** @example The lamp was lit. */
            text: string;
            /**
             * @description The pages of the passage that supports it best.
             * @example [
             *       7
             *     ]
             */
            pages: number[];
            /**
             * @description How well that passage supports it; 1 for the book's own sentence.
             * @example 1
             */
            support: number;
            /**
             * @description False for a sentence that the book does not support.
             * @example true
             */
            supported: boolean;
        };
        /**
         * @description The next piece of the answer: of a model's, a sentence that passed the checks, or a point.
         * @example {
         *       "type": "token",
         *       "text": "The lamp"
         *     }
         */
        TokenEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "token";
            /** @example The lamp */
            text: string;
        };
        /**
         * @description Tokens that a Llama model worked through.
         * @example {
         *       "prompt_tokens": 412,
         *       "cached_tokens": 300,
         *       "generated_tokens": 64
         *     }
         */
        Usage: {
            /** @example 412 */
            prompt_tokens: number;
            /**
             * @description How many of them had been read before.
             * @example 300
             */
            cached_tokens: number;
            /** @example 64 */
            generated_tokens: number;
        };
        /**
         * @description What runs here.
         * @example {
         *       "service": "gateway",
         *       "version": "0.2.0",
         *       "revision": "unknown"
         *     }
         */
        Version: {
            /** @example gateway */
            service: string;
            /** @example 0.2.0 */
            version: string;
            /**
             * @description The commit that it was built from.
             * @example unknown
             */
            revision: string;
        };
        /**
         * @description Why a job waits.
         * @example {
         *       "reason": "The model of llama_service is not loaded: loading.",
         *       "seconds": 4
         *     }
         */
        Waiting: {
            /** @example The model of llama_service is not loaded: loading. */
            reason: string;
            /**
             * @description Until it is tried again.
             * @example 4
             */
            seconds: number;
        };
        /**
         * @description A job was put back, because something it needs cannot be reached now.
         * @example {
         *       "type": "waiting",
         *       "reason": "bart_service cannot be reached",
         *       "seconds": 4,
         *       "attempts": 3
         *     }
         */
        WaitingEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "waiting";
            /** @example bart_service cannot be reached */
            reason: string;
            /**
             * @description Until it is tried again.
             * @example 4
             */
            seconds: number;
            /** @example 3 */
            attempts: number;
        };
        /**
         * @description Something that an import skipped, guessed or recovered.
         * @example {
         *       "code": "contents-missing",
         *       "message": "The contents are missing: headings were used."
         *     }
         */
        Warning: {
            /**
             * @description One word for programs.
             * @example contents-missing
             */
            code: string;
            /**
             * @description A sentence for people.
             * @example The contents are missing: headings were used.
             */
            message: string;
        };
    };
    responses: {
        /** @description The request is malformed */
        BadRequest: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The service is busy */
        Busy: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The present state does not allow this */
        Conflict: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The key does not allow this */
        Forbidden: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It has been deleted */
        Gone: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A problem */
        InternalError: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request breaks a rule of this route */
        InvalidInput: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description None of the accepted types can be made */
        NotAcceptable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no such thing */
        NotFound: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The client has it already. */
        NotModified: {
            headers: {
                ETag: components["headers"]["ETag"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The thing has changed meanwhile */
        PreconditionFailed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The range lies outside the file */
        RangeNotSatisfiable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests */
        RateLimited: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no space left */
        StorageFull: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is too large */
        TooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A key is needed */
        Unauthorized: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body's type is not one this route reads */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A service behind this one failed */
        UpstreamFailed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A service behind this one was too slow */
        UpstreamTimeout: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /**
         * @description The caller's same key with the same body gives the same answer and creates nothing twice; 410 if what it created has been deleted.
         * @example import-0001
         */
        "Idempotency-Key": string;
        /**
         * @description The `ETag` that was read: if it has changed since, 412.
         * @example "5d41402abc4b2a76"
         */
        "If-Match": string;
        /**
         * @description The `ETag` that the client has: if it is unchanged, 304.
         * @example "5d41402abc4b2a76"
         */
        "If-None-Match": string;
        /**
         * @description The number of the last event seen: the stream goes on after it.
         * @example 3
         */
        "Last-Event-ID": string;
        /**
         * @description `wait=N`: wait up to N seconds for the result.
         * @example wait=20
         */
        Prefer: string;
        /**
         * @description The bytes wanted.
         * @example bytes=0-65535
         */
        Range: string;
        /**
         * @description The id of the last book on the page before, as the `next` link has it: the page begins behind it, whatever was added or removed meanwhile. If that book is gone, `page` decides.
         * @example 20
         */
        after: number;
        /**
         * @description Words that the author must have.
         * @example lighthouse
         */
        author: string;
        /**
         * @description The book's id.
         * @example 1
         */
        book_id: number;
        /**
         * @description Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` insist on that worker's model; `extractive` picks the text's own best sentences.
         * @example auto
         */
        engine: "auto" | "bart" | "llama" | "extractive";
        /**
         * @description The first page wanted.
         * @example 1
         */
        first_page: number;
        /**
         * @description The picture on the page, from 1.
         * @example 1
         */
        image_number: number;
        /**
         * @description The job's id, 32 hexadecimal digits.
         * @example 0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b
         */
        import_id: string;
        /**
         * @description The job's id, 32 hexadecimal digits.
         * @example 0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b
         */
        job_id: string;
        /**
         * @description A BCP 47 tag; `en` finds `en-GB` too.
         * @example en
         */
        language: string;
        /**
         * @description The last page wanted; the book's if not given.
         * @example 3
         */
        last_page: number;
        /**
         * @description How long the summary should be: with a model about 40, 75 or 200 words.
         * @example short
         */
        length: "short" | "medium" | "long";
        /**
         * @description Only events after this number.
         * @example 0
         */
        list_job_events_after: number;
        /**
         * @description Only jobs on this book.
         * @example 1
         */
        list_jobs_book_id: number;
        /**
         * @description Which page of the list, from 1.
         * @example 1
         */
        page: number;
        /**
         * @description The page, from 1.
         * @example 7
         */
        page_number: number;
        /**
         * @description Entries on each page of the list.
         * @example 20
         */
        per_page: number;
        /**
         * @description Words that title, author, series or subjects must have; the last may be a beginning.
         * @example lighthouse
         */
        q: string;
        /**
         * @description The page about to be read: nothing from it on is used.
         * @example 40
         */
        recap_book_page: number;
        /**
         * @description Only pages of this book.
         * @example 1
         */
        search_pages_book_id: number;
        /**
         * @description Words, `"phrases"`, and `-` before what must not occur.
         * @example lighthouse
         */
        search_pages_q: string;
        /**
         * @description Words that the series must have.
         * @example voyages
         */
        series: string;
        /** @description What to sort by; with `-` before it in descending order. Titles and authors are sorted without case, accents and leading articles. */
        sort: "id" | "-id" | "title" | "-title" | "author" | "-author" | "language" | "-language" | "created_at" | "-created_at" | "updated_at" | "-updated_at" | "page_count" | "-page_count";
        /**
         * @description Only jobs in this state.
         * @example running
         */
        state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
        /**
         * @description Words that the subjects must have.
         * @example time travel
         */
        subject: string;
        /**
         * @description The summary's id, 32 hexadecimal digits.
         * @example 7c9e0a2b0f8e6a1c5b7d4c2e9a3f1b5d
         */
        summary_id: string;
        /**
         * @description Width of the picture, pixels.
         * @example 1000
         */
        width: number;
    };
    requestBodies: never;
    headers: {
        /**
         * @description Whether `Range` is honoured.
         * @example bytes
         */
        "Accept-Ranges": string;
        /**
         * @description Whether the result was there, or the job shared (RFC 9211).
         * @example Visis; hit
         */
        "Cache-Status": string;
        /**
         * @description The name to save it under.
         * @example inline; filename="summary.mp3"
         */
        "Content-Disposition": string;
        /**
         * @description Which bytes these are.
         * @example bytes 0-65535/492000
         */
        "Content-Range": string;
        /**
         * @description Changes with the content.
         * @example "5d41402abc4b2a76"
         */
        ETag: string;
        /**
         * @description The other pages of the list: `first`, `prev`, `next`, `last` (RFC 8288).
         * @example </books/?page=2>; rel="next"
         */
        Link: string;
        /**
         * @description The path of what was created.
         * @example /books/1
         */
        Location: string;
        /**
         * @description What of `Prefer` was applied.
         * @example wait=20
         */
        "Preference-Applied": string;
        /**
         * @description What is left of the caller's quotas; absent where there are none.
         * @example "requests";r=59;t=60
         */
        RateLimit: string;
        /**
         * @description Seconds to wait before the next try.
         * @example 2
         */
        "Retry-After": number;
        /**
         * @description Milliseconds spent in each service.
         * @example gateway;dur=4.2
         */
        "Server-Timing": string;
        /**
         * @description The engine that made the summary.
         * @example extractive
         */
        "Visis-Engine": string;
        /**
         * @description Finds the request in the logs.
         * @example 5f0c1d2e3a4b
         */
        "X-Request-Id": string;
        /**
         * @description How many entries the whole list has.
         * @example 42
         */
        "X-Total-Count": number;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_books: {
        parameters: {
            query?: {
                /**
                 * @description Which page of the list, from 1.
                 * @example 1
                 */
                page?: components["parameters"]["page"];
                /**
                 * @description Entries on each page of the list.
                 * @example 20
                 */
                per_page?: components["parameters"]["per_page"];
                /**
                 * @description Words that title, author, series or subjects must have; the last may be a beginning.
                 * @example lighthouse
                 */
                q?: components["parameters"]["q"];
                /**
                 * @description Words that the author must have.
                 * @example lighthouse
                 */
                author?: components["parameters"]["author"];
                /**
                 * @description Words that the series must have.
                 * @example voyages
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Words that the subjects must have.
                 * @example time travel
                 */
                subject?: components["parameters"]["subject"];
                /**
                 * @description A BCP 47 tag; `en` finds `en-GB` too.
                 * @example en
                 */
                language?: components["parameters"]["language"];
                /** @description What to sort by; with `-` before it in descending order. Titles and authors are sorted without case, accents and leading articles. */
                sort?: components["parameters"]["sort"];
                /**
                 * @description The id of the last book on the page before, as the `next` link has it: the page begins behind it, whatever was added or removed meanwhile. If that book is gone, `page` decides.
                 * @example 20
                 */
                after?: components["parameters"]["after"];
            };
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The books on this page of the list. */
            200: {
                headers: {
                    "X-Total-Count": components["headers"]["X-Total-Count"];
                    Link: components["headers"]["Link"];
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Book"][];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    create_book: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The caller's same key with the same body gives the same answer and creates nothing twice; 410 if what it created has been deleted.
                 * @example import-0001
                 */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewBook"];
            };
        };
        responses: {
            /** @description The new book. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Book"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            507: components["responses"]["StorageFull"];
            default: components["responses"]["InternalError"];
        };
    };
    import_book: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The caller's same key with the same body gives the same answer and creates nothing twice; 410 if what it created has been deleted.
                 * @example import-0001
                 */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["ImportForm"];
            };
        };
        responses: {
            /** @description The book that these bytes gave before. */
            200: {
                headers: {
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Book"];
                };
            };
            /** @description The new book. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Book"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            507: components["responses"]["StorageFull"];
            default: components["responses"]["InternalError"];
        };
    };
    follow_import: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The caller's same key with the same body gives the same answer and creates nothing twice; 410 if what it created has been deleted.
                 * @example import-0001
                 */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["ImportForm"];
            };
        };
        responses: {
            /** @description `progress` by page, then `done` with the book, or `problem`. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ImportEvent"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            507: components["responses"]["StorageFull"];
            default: components["responses"]["InternalError"];
        };
    };
    list_imports: {
        parameters: {
            query?: {
                /**
                 * @description Which page of the list, from 1.
                 * @example 1
                 */
                page?: components["parameters"]["page"];
                /**
                 * @description Entries on each page of the list.
                 * @example 20
                 */
                per_page?: components["parameters"]["per_page"];
            };
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The imports on this page of the list. */
            200: {
                headers: {
                    "X-Total-Count": components["headers"]["X-Total-Count"];
                    Link: components["headers"]["Link"];
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"][];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    begin_import: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The caller's same key with the same body gives the same answer and creates nothing twice; 410 if what it created has been deleted.
                 * @example import-0001
                 */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["ImportForm"];
            };
        };
        responses: {
            /** @description It has been imported before. */
            200: {
                headers: {
                    Location: components["headers"]["Location"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            /** @description The file is stored, and will be read. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            507: components["responses"]["StorageFull"];
            default: components["responses"]["InternalError"];
        };
    };
    read_import: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The job's id, 32 hexadecimal digits.
                 * @example 0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b
                 */
                import_id: components["parameters"]["import_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The import. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    cancel_import: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The job's id, 32 hexadecimal digits.
                 * @example 0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b
                 */
                import_id: components["parameters"]["import_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The import. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_book: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The book. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Book"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    replace_book: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` that was read: if it has changed since, 412.
                 * @example "5d41402abc4b2a76"
                 */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BookReplacement"];
            };
        };
        responses: {
            /** @description The book. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Book"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            507: components["responses"]["StorageFull"];
            default: components["responses"]["InternalError"];
        };
    };
    delete_book: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` that was read: if it has changed since, 412.
                 * @example "5d41402abc4b2a76"
                 */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is deleted. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    update_book: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` that was read: if it has changed since, 412.
                 * @example "5d41402abc4b2a76"
                 */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BookPatch"];
            };
        };
        responses: {
            /** @description The book. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Book"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            507: components["responses"]["StorageFull"];
            default: components["responses"]["InternalError"];
        };
    };
    read_page: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
                /**
                 * @description The page, from 1.
                 * @example 7
                 */
                page_number: components["parameters"]["page_number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_page_text: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
                /**
                 * @description The page, from 1.
                 * @example 7
                 */
                page_number: components["parameters"]["page_number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The text. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_page_markdown: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
                /**
                 * @description The page, from 1.
                 * @example 7
                 */
                page_number: components["parameters"]["page_number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The text. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/markdown": string;
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_text: {
        parameters: {
            query?: {
                /**
                 * @description The first page wanted.
                 * @example 1
                 */
                first_page?: components["parameters"]["first_page"];
                /**
                 * @description The last page wanted; the book's if not given.
                 * @example 3
                 */
                last_page?: components["parameters"]["last_page"];
            };
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The text. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_text_pages: {
        parameters: {
            query?: {
                /**
                 * @description The first page wanted.
                 * @example 1
                 */
                first_page?: components["parameters"]["first_page"];
                /**
                 * @description The last page wanted; the book's if not given.
                 * @example 3
                 */
                last_page?: components["parameters"]["last_page"];
            };
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pages. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookText"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    list_chapters: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The chapters. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chapters"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    search_pages: {
        parameters: {
            query: {
                /**
                 * @description Which page of the list, from 1.
                 * @example 1
                 */
                page?: components["parameters"]["page"];
                /**
                 * @description Entries on each page of the list.
                 * @example 20
                 */
                per_page?: components["parameters"]["per_page"];
                /**
                 * @description Words, `"phrases"`, and `-` before what must not occur.
                 * @example lighthouse
                 */
                q: components["parameters"]["search_pages_q"];
                /**
                 * @description Only pages of this book.
                 * @example 1
                 */
                book_id?: components["parameters"]["search_pages_book_id"];
            };
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pages that were found, the best first. */
            200: {
                headers: {
                    "X-Total-Count": components["headers"]["X-Total-Count"];
                    Link: components["headers"]["Link"];
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchHit"][];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_cover: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/png": Blob;
                    "image/gif": Blob;
                    "image/webp": Blob;
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_file: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The bytes wanted.
                 * @example bytes=0-65535
                 */
                Range?: components["parameters"]["Range"];
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Byte for byte as it was imported. The entity tag is the file's SHA-256. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Accept-Ranges": components["headers"]["Accept-Ranges"];
                    "Content-Disposition": components["headers"]["Content-Disposition"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/pdf": Blob;
                    "application/epub+zip": Blob;
                    "text/html": Blob;
                    "text/markdown": Blob;
                    "text/plain": Blob;
                    "application/octet-stream": Blob;
                };
            };
            /** @description The bytes of the range. */
            206: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Content-Range": components["headers"]["Content-Range"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/pdf": Blob;
                    "application/epub+zip": Blob;
                    "text/html": Blob;
                    "text/markdown": Blob;
                    "text/plain": Blob;
                    "application/octet-stream": Blob;
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            416: components["responses"]["RangeNotSatisfiable"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_page_image: {
        parameters: {
            query?: {
                /**
                 * @description Width of the picture, pixels.
                 * @example 1000
                 */
                width?: components["parameters"]["width"];
            };
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
                /**
                 * @description The page, from 1.
                 * @example 7
                 */
                page_number: components["parameters"]["page_number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/png": Blob;
                    "image/gif": Blob;
                    "image/webp": Blob;
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    list_pictures: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
                /**
                 * @description The page, from 1.
                 * @example 7
                 */
                page_number: components["parameters"]["page_number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pictures. */
            200: {
                headers: {
                    "X-Total-Count": components["headers"]["X-Total-Count"];
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Picture"][];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_picture: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
                /**
                 * @description The page, from 1.
                 * @example 7
                 */
                page_number: components["parameters"]["page_number"];
                /**
                 * @description The picture on the page, from 1.
                 * @example 1
                 */
                image_number: components["parameters"]["image_number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/png": Blob;
                    "image/gif": Blob;
                    "image/webp": Blob;
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    list_summaries: {
        parameters: {
            query?: {
                /**
                 * @description Which page of the list, from 1.
                 * @example 1
                 */
                page?: components["parameters"]["page"];
                /**
                 * @description Entries on each page of the list.
                 * @example 20
                 */
                per_page?: components["parameters"]["per_page"];
            };
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The summaries on this page of the list. */
            200: {
                headers: {
                    "X-Total-Count": components["headers"]["X-Total-Count"];
                    Link: components["headers"]["Link"];
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookSummary"][];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    order_summary: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description `wait=N`: wait up to N seconds for the result.
                 * @example wait=20
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SummaryOrder"];
            };
        };
        responses: {
            /** @description The summary was there already. */
            200: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Cache-Status": components["headers"]["Cache-Status"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookSummary"];
                };
            };
            /** @description The new summary. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Cache-Status": components["headers"]["Cache-Status"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookSummary"];
                };
            };
            /** @description The job goes on. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Cache-Status": components["headers"]["Cache-Status"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            502: components["responses"]["UpstreamFailed"];
            503: components["responses"]["Busy"];
            504: components["responses"]["UpstreamTimeout"];
            default: components["responses"]["InternalError"];
        };
    };
    read_summary: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The summary's id, 32 hexadecimal digits.
                 * @example 7c9e0a2b0f8e6a1c5b7d4c2e9a3f1b5d
                 */
                summary_id: components["parameters"]["summary_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The summary. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookSummary"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    delete_summary: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The summary's id, 32 hexadecimal digits.
                 * @example 7c9e0a2b0f8e6a1c5b7d4c2e9a3f1b5d
                 */
                summary_id: components["parameters"]["summary_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is deleted. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_summary_audio: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The bytes wanted.
                 * @example bytes=0-65535
                 */
                Range?: components["parameters"]["Range"];
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The summary's id, 32 hexadecimal digits.
                 * @example 7c9e0a2b0f8e6a1c5b7d4c2e9a3f1b5d
                 */
                summary_id: components["parameters"]["summary_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The audio, with chapter marks in its ID3 tag. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Accept-Ranges": components["headers"]["Accept-Ranges"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "audio/mpeg": Blob;
                };
            };
            /** @description The bytes of the range. */
            206: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Content-Range": components["headers"]["Content-Range"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "audio/mpeg": Blob;
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            416: components["responses"]["RangeNotSatisfiable"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_summary_captions: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The summary's id, 32 hexadecimal digits.
                 * @example 7c9e0a2b0f8e6a1c5b7d4c2e9a3f1b5d
                 */
                summary_id: components["parameters"]["summary_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description When each sentence is spoken. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/vtt": string;
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                /**
                 * @description Which page of the list, from 1.
                 * @example 1
                 */
                page?: components["parameters"]["page"];
                /**
                 * @description Entries on each page of the list.
                 * @example 20
                 */
                per_page?: components["parameters"]["per_page"];
                /**
                 * @description Only jobs in this state.
                 * @example running
                 */
                state?: components["parameters"]["state"];
                /**
                 * @description Only jobs on this book.
                 * @example 1
                 */
                book_id?: components["parameters"]["list_jobs_book_id"];
            };
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The jobs on this page of the list. */
            200: {
                headers: {
                    "X-Total-Count": components["headers"]["X-Total-Count"];
                    Link: components["headers"]["Link"];
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"][];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_job: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The job's id, 32 hexadecimal digits.
                 * @example 0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b
                 */
                job_id: components["parameters"]["job_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    cancel_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The job's id, 32 hexadecimal digits.
                 * @example 0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b
                 */
                job_id: components["parameters"]["job_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    list_job_events: {
        parameters: {
            query?: {
                /**
                 * @description Only events after this number.
                 * @example 0
                 */
                after?: components["parameters"]["list_job_events_after"];
            };
            header?: {
                /**
                 * @description The `ETag` that the client has: if it is unchanged, 304.
                 * @example "5d41402abc4b2a76"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description The job's id, 32 hexadecimal digits.
                 * @example 0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b
                 */
                job_id: components["parameters"]["job_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, up to 500. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NumberedEvent"][];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    generate_summary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SummaryRequest"];
            };
        };
        responses: {
            /** @description The summary. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Summary"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            502: components["responses"]["UpstreamFailed"];
            503: components["responses"]["Busy"];
            504: components["responses"]["UpstreamTimeout"];
            default: components["responses"]["InternalError"];
        };
    };
    stream_summary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SummaryRequest"];
            };
        };
        responses: {
            /** @description Progress and text as they come, then `done` or `problem`. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["SummaryStreamEvent"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            502: components["responses"]["UpstreamFailed"];
            503: components["responses"]["Busy"];
            504: components["responses"]["UpstreamTimeout"];
            default: components["responses"]["InternalError"];
        };
    };
    generate_summary_audio: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SpokenSummaryRequest"];
            };
        };
        responses: {
            /** @description The spoken summary. */
            200: {
                headers: {
                    "Visis-Engine": components["headers"]["Visis-Engine"];
                    "Content-Disposition": components["headers"]["Content-Disposition"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "audio/mpeg": Blob;
                    "audio/wav": Blob;
                    "audio/ogg": Blob;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            502: components["responses"]["UpstreamFailed"];
            503: components["responses"]["Busy"];
            504: components["responses"]["UpstreamTimeout"];
            default: components["responses"]["InternalError"];
        };
    };
    generate_long_summary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["LongSummaryForm"];
                "application/json": components["schemas"]["LongSummaryRequest"];
            };
        };
        responses: {
            /** @description The summary. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Summary"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            502: components["responses"]["UpstreamFailed"];
            503: components["responses"]["Busy"];
            504: components["responses"]["UpstreamTimeout"];
            default: components["responses"]["InternalError"];
        };
    };
    stream_long_summary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["LongSummaryForm"];
                "application/json": components["schemas"]["LongSummaryRequest"];
            };
        };
        responses: {
            /** @description Progress and text as they come, then `done` or `problem`. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["SummaryStreamEvent"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            502: components["responses"]["UpstreamFailed"];
            503: components["responses"]["Busy"];
            504: components["responses"]["UpstreamTimeout"];
            default: components["responses"]["InternalError"];
        };
    };
    generate_points: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PointsRequest"];
            };
        };
        responses: {
            /** @description The points. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Points"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            502: components["responses"]["UpstreamFailed"];
            503: components["responses"]["Busy"];
            504: components["responses"]["UpstreamTimeout"];
            default: components["responses"]["InternalError"];
        };
    };
    stream_points: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PointsRequest"];
            };
        };
        responses: {
            /** @description Progress and text as they come, then `done` or `problem`. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["PointsStreamEvent"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            502: components["responses"]["UpstreamFailed"];
            503: components["responses"]["Busy"];
            504: components["responses"]["UpstreamTimeout"];
            default: components["responses"]["InternalError"];
        };
    };
    recap_book: {
        parameters: {
            query: {
                /**
                 * @description The page about to be read: nothing from it on is used.
                 * @example 40
                 */
                page: components["parameters"]["recap_book_page"];
                /**
                 * @description How long the summary should be: with a model about 40, 75 or 200 words.
                 * @example short
                 */
                length?: components["parameters"]["length"];
                /**
                 * @description Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` insist on that worker's model; `extractive` picks the text's own best sentences.
                 * @example auto
                 */
                engine?: components["parameters"]["engine"];
            };
            header?: {
                /**
                 * @description `wait=N`: wait up to N seconds for the result.
                 * @example wait=20
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description The book's id.
                 * @example 1
                 */
                book_id: components["parameters"]["book_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The recap. */
            200: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Cache-Status": components["headers"]["Cache-Status"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookSummary"];
                };
            };
            /** @description The job goes on. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Cache-Status": components["headers"]["Cache-Status"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            502: components["responses"]["UpstreamFailed"];
            503: components["responses"]["Busy"];
            504: components["responses"]["UpstreamTimeout"];
            default: components["responses"]["InternalError"];
        };
    };
    follow_job: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The number of the last event seen: the stream goes on after it.
                 * @example 3
                 */
                "Last-Event-ID"?: components["parameters"]["Last-Event-ID"];
            };
            path: {
                /**
                 * @description The job's id, 32 hexadecimal digits.
                 * @example 0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b
                 */
                job_id: components["parameters"]["job_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, until the job has ended; `problem` if it is gone meanwhile. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["JobStreamEvent"];
                };
            };
            /** @description The job has ended, and its last event was seen. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    list_models: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every engine of every worker. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Models"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_readiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Metrics. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
    read_version: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What runs here. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Busy"];
            default: components["responses"]["InternalError"];
        };
    };
}

/** Method and path of each operation, and how its response is read. */
export const OPERATIONS = {
  list_books: ["GET", "/books/", "json"],
  create_book: ["POST", "/books/", "json"],
  import_book: ["POST", "/books/import", "json"],
  follow_import: ["POST", "/books/import/events", "events"],
  list_imports: ["GET", "/imports", "json"],
  begin_import: ["POST", "/imports", "json"],
  read_import: ["GET", "/imports/{import_id}", "json"],
  cancel_import: ["DELETE", "/imports/{import_id}", "json"],
  read_book: ["GET", "/books/{book_id}", "json"],
  replace_book: ["PUT", "/books/{book_id}", "json"],
  delete_book: ["DELETE", "/books/{book_id}", "none"],
  update_book: ["PATCH", "/books/{book_id}", "json"],
  read_page: ["GET", "/books/{book_id}/pages/{page_number}", "json"],
  read_page_text: ["GET", "/books/{book_id}/pages/{page_number}.txt", "text"],
  read_page_markdown: ["GET", "/books/{book_id}/pages/{page_number}.md", "text"],
  read_text: ["GET", "/books/{book_id}/text", "text"],
  read_text_pages: ["GET", "/books/{book_id}/text.json", "json"],
  list_chapters: ["GET", "/books/{book_id}/chapters", "json"],
  search_pages: ["GET", "/search", "json"],
  read_cover: ["GET", "/books/{book_id}/cover", "blob"],
  read_file: ["GET", "/books/{book_id}/file", "blob"],
  read_page_image: ["GET", "/books/{book_id}/pages/{page_number}/image", "blob"],
  list_pictures: ["GET", "/books/{book_id}/pages/{page_number}/images", "json"],
  read_picture: ["GET", "/books/{book_id}/pages/{page_number}/images/{image_number}", "blob"],
  list_summaries: ["GET", "/books/{book_id}/summaries", "json"],
  order_summary: ["POST", "/books/{book_id}/summaries", "json"],
  read_summary: ["GET", "/summaries/{summary_id}", "json"],
  delete_summary: ["DELETE", "/summaries/{summary_id}", "none"],
  read_summary_audio: ["GET", "/summaries/{summary_id}/audio", "blob"],
  read_summary_captions: ["GET", "/summaries/{summary_id}/audio.vtt", "text"],
  list_jobs: ["GET", "/jobs", "json"],
  read_job: ["GET", "/jobs/{job_id}", "json"],
  cancel_job: ["DELETE", "/jobs/{job_id}", "json"],
  list_job_events: ["GET", "/jobs/{job_id}/events.json", "json"],
  generate_summary: ["POST", "/summaries/generate", "json"],
  stream_summary: ["POST", "/summaries/generate/events", "events"],
  generate_summary_audio: ["POST", "/summaries/generate/audio", "blob"],
  generate_long_summary: ["POST", "/generate-summary", "json"],
  stream_long_summary: ["POST", "/generate-summary/events", "events"],
  generate_points: ["POST", "/generate-points", "json"],
  stream_points: ["POST", "/generate-points/events", "events"],
  recap_book: ["GET", "/books/{book_id}/recap", "json"],
  follow_job: ["GET", "/jobs/{job_id}/events", "events"],
  list_models: ["GET", "/models", "json"],
  read_health: ["GET", "/healthz", "json"],
  read_readiness: ["GET", "/readyz", "json"],
  read_metrics: ["GET", "/metrics", "text"],
  read_version: ["GET", "/version", "json"],
} as const;
