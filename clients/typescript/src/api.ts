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
         */
        get: operations["list_books"];
        put?: never;
        /**
         * Add a book
         * @description Add a book
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
         * @description The same bytes give the same book. `/books/import/events` shows the progress.
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
         */
        post: operations["follow_import"];
        delete?: never;
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
         * @description Read a book's metadata
         */
        get: operations["read_book"];
        /**
         * Replace a book's metadata
         * @description Replace a book's metadata
         */
        put: operations["replace_book"];
        post?: never;
        /**
         * Delete a book
         * @description Delete a book
         */
        delete: operations["delete_book"];
        options?: never;
        head?: never;
        /**
         * Change some of a book's metadata
         * @description Change some of a book's metadata
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
         * @description Read a page as plain text
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
         * @description Read a page as Markdown
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
         * @description Read a book's text page by page
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
         * @description List the chapters
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
         * @description All words must occur; `"a phrase"` keeps words together, `-word` leaves pages out. `X-Total-Count` counts up to 1,000.
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
         * @description Read the cover
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
         * @description Download the original file
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
         * @description Draw a page of a PDF
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
         * @description List the pictures on a page
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
         * @description Read a picture on a page
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
         * @description List a book's summaries, the newest first
         */
        get: operations["list_summaries"];
        put?: never;
        /**
         * Summarise a book, a chapter or some pages
         * @description Answers 202 with the job at once, or the summary if it is there already. With `Prefer: wait=N` it waits up to N seconds. Equal requests share one job and one result; `Cache-Status` says so.
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
         * @description Read a summary
         */
        get: operations["read_summary"];
        put?: never;
        post?: never;
        /**
         * Delete a summary
         * @description Delete a summary
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
         * @description Read a summary's audio
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
         * @description Captions of a summary's audio
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
         * @description List the jobs, the newest first
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
         * @description Read a job
         */
        get: operations["read_job"];
        put?: never;
        post?: never;
        /**
         * Cancel a job
         * @description Its work stops within a second. To cancel it twice is no error; a job that has ended is a 409.
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
         * @description List what happened to a job so far
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
         * @description Summarise a text and follow it
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
         * @description Summarise a text, spoken
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
         * @description Summarise a file, a text or a book and follow it
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
         * @description Key points of a text or a book, followed
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
         * @description Engines, models, devices and limits
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
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The spoken summary. */
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
        /** @description What a reader has read: everything before a page. */
        BeforeScope: {
            /**
             * @description The page about to be read.
             * @example 40
             */
            before: number;
        };
        /** @description A book. */
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
        };
        /** @description The last event of an import. */
        BookDoneEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "done";
            result: components["schemas"]["Book"];
        };
        /** @description The metadata to change (RFC 7396): null removes a value, and what is not named stays. */
        BookPatch: {
            /**
             * @description What the book is about.
             * @default null
             * @example A traveller visits the far future.
             */
            description?: string | null;
            /** @default null */
            isbn?: string | null;
            /** @default null */
            language?: string | null;
            /** @default null */
            publication_date?: string | null;
            /**
             * @default
             * @example The Time Machine
             */
            title?: string;
            /**
             * @default
             * @example H. G. Wells
             */
            author?: string;
        };
        /** @description A book's metadata, all of it; its pages stay. */
        BookReplacement: {
            /**
             * @description What the book is about.
             * @default null
             * @example A traveller visits the far future.
             */
            description?: string | null;
            /** @default null */
            isbn?: string | null;
            /** @default null */
            language?: string | null;
            /** @default null */
            publication_date?: string | null;
            /** @example The Time Machine */
            title: string;
            /** @example H. G. Wells */
            author: string;
        };
        /** @description A stored summary of a book. */
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
            scope: "book" | components["schemas"]["ChapterScope"] | components["schemas"]["PagesScope"] | components["schemas"]["BeforeScope"];
            /**
             * @description What made it.
             * @example extractive
             */
            engine: string;
            /** @example sentence-graph */
            model: string;
            /**
             * @example medium
             * @enum {string}
             */
            length: "short" | "medium" | "long";
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
        /** @description The text of a book, or of some of its pages. */
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
        /** @description A chapter. It may begin and end within a page. */
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
        };
        /** @description A chapter has been summarised. */
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
        /** @description Where a chapter begins in the audio. */
        ChapterMark: {
            /** @example Introduction */
            title: string;
            /**
             * @description Seconds.
             * @example 0
             */
            start_s: number;
        };
        /** @description One chapter. */
        ChapterScope: {
            /**
             * @description The chapter's number, from 1.
             * @example 3
             */
            chapter: number;
        };
        /** @description A chapter's summary. */
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
        /** @description The chapters of a book. */
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
        /** @description One field that breaks a rule. */
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
        /** @description How a model writes; what is not given follows from the length and from the model's own settings. */
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
        /** @description A file to import; what is not given is taken from the file. */
        ImportForm: {
            /**
             * Format: binary
             * @description The book: PDF, EPUB, HTML, Markdown or plain text.
             */
            file: Blob;
            /**
             * @default null
             * @example The Time Machine
             */
            title?: string | null;
            /**
             * @default null
             * @example H. G. Wells
             */
            author?: string | null;
            /** @default null */
            description?: string | null;
            /** @default null */
            isbn?: string | null;
            /** @default null */
            language?: string | null;
            /** @default null */
            publication_date?: string | null;
        };
        /** @description A job. */
        Job: {
            /** @example 0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b */
            id: string;
            /** @example 1 */
            book_id: number;
            /**
             * @example running
             * @enum {string}
             */
            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            /**
             * @description What it does now.
             * @example parts
             */
            stage: ("reading" | "parts" | "chapters" | "book" | "points" | "support" | "speech") | null;
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
            waiting: components["schemas"]["Waiting"] | null;
            /**
             * @description Why the extractive engine answered instead of the wanted one.
             * @example null
             */
            degraded: string | null;
            /** @description Why it failed. */
            problem: components["schemas"]["Problem"] | null;
            request: components["schemas"]["JobRequest"];
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
        /** @description What a job is to make: an order, with the revision of the book that it was placed for. */
        JobRequest: {
            /**
             * @description The book, a chapter, some pages, or what lies before a page.
             * @example book
             */
            scope: "book" | components["schemas"]["ChapterScope"] | components["schemas"]["PagesScope"] | components["schemas"]["BeforeScope"];
            /**
             * @description The summariser that was asked for.
             * @example auto
             * @enum {string}
             */
            engine: "auto" | "bart" | "llama" | "extractive";
            /**
             * @example medium
             * @enum {string}
             */
            length: "short" | "medium" | "long";
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
        /** @description A file to summarise, without storing it. */
        LongSummaryForm: {
            /**
             * Format: binary
             * @description A PDF, or any other format that can be imported.
             */
            file: Blob;
            /**
             * @description How long the summary should be: with a model about 40, 75 or 200 words.
             * @default medium
             * @example short
             * @enum {string}
             */
            length?: "short" | "medium" | "long";
            /**
             * @description Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` insist on that worker's model; `extractive` picks the text's own best sentences.
             * @default auto
             * @example auto
             * @enum {string}
             */
            engine?: "auto" | "bart" | "llama" | "extractive";
        };
        /** @description A text or a book to summarise. */
        LongSummaryRequest: {
            /**
             * @description Longest answer, tokens.
             * @default null
             * @example 120
             */
            max_tokens?: number | null;
            /**
             * @description Shortest answer, tokens (BART).
             * @default null
             */
            min_tokens?: number | null;
            /**
             * @description Beams of the search (BART).
             * @default null
             */
            num_beams?: number | null;
            /**
             * @description No run of so many tokens twice; 0 is off (BART).
             * @default null
             */
            no_repeat_ngram_size?: number | null;
            /**
             * @description 0 takes the likeliest token each time, which is the default (Llama).
             * @default null
             */
            temperature?: number | null;
            /**
             * @description Share of the probability sampled from (Llama).
             * @default null
             */
            top_p?: number | null;
            /**
             * @description The same seed gives the same text (Llama).
             * @default null
             */
            seed?: number | null;
            /**
             * @description Texts at which writing ends (Llama).
             * @default null
             */
            stop?: string[] | null;
            /**
             * @description A text.
             * @default null
             * @example This is a sample text to generate a summary.
             */
            text?: string | null;
            /**
             * @description A book of the catalog, instead of a text.
             * @default null
             * @example null
             */
            book_id?: number | null;
            /**
             * @description Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` insist on that worker's model; `extractive` picks the text's own best sentences.
             * @default auto
             * @example auto
             * @enum {string}
             */
            engine?: "auto" | "bart" | "llama" | "extractive";
            /**
             * @description How long the summary should be: with a model about 40, 75 or 200 words.
             * @default medium
             * @example short
             * @enum {string}
             */
            length?: "short" | "medium" | "long";
        };
        /** @description One engine of one worker. */
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
        /** @description Every engine of every worker. */
        Models: {
            models: components["schemas"]["ModelInfo"][];
            /**
             * @description Workers that did not answer.
             * @example []
             */
            unreachable: string[];
        };
        /** @description A book to create; `text`, if given, becomes its pages. */
        NewBook: {
            /**
             * @description What the book is about.
             * @default null
             * @example A traveller visits the far future.
             */
            description?: string | null;
            /** @default null */
            isbn?: string | null;
            /** @default null */
            language?: string | null;
            /** @default null */
            publication_date?: string | null;
            /** @example The Time Machine */
            title: string;
            /** @example H. G. Wells */
            author: string;
            /**
             * @description The book's text; cut into pages at sentence ends.
             * @default null
             * @example It was late. She read on.
             */
            text?: string | null;
        };
        /** @description An event of a job, with its number in that job. */
        NumberedEvent: {
            /** @example 3 */
            id: number;
            /**
             * @description The type of the event, as in `data`.
             * @example progress
             */
            type: string;
            data: components["schemas"]["ProgressEvent"] | components["schemas"]["PartEvent"] | components["schemas"]["StageEvent"] | components["schemas"]["StateEvent"] | components["schemas"]["WaitingEvent"] | components["schemas"]["ChapterEvent"] | components["schemas"]["SummaryEvent"] | components["schemas"]["PointsEvent"];
        };
        /** @description A page of a book. */
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
        /** @description A page's number and text. */
        PageText: {
            /** @example 7 */
            page_number: number;
            /** @example The lamp was lit. Nobody came. */
            text: string;
        };
        /** @description Some pages. */
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
        /** @description A part of a text has been summarised. */
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
        /** @description A picture on a page. */
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
        /** @description Key points, as a list and as plain text. */
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
             * @description Of a book: whether another engine than the wanted one answered.
             * @default false
             * @example false
             */
            degraded: boolean;
            /**
             * @description Of a book: the path of the stored result.
             * @default null
             * @example null
             */
            result: string | null;
        };
        /** @description The last event of key points. */
        PointsDoneEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "done";
            result: components["schemas"]["Points"];
        };
        /** @description The key points are written. */
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
        /** @description A text (as `points` or `text`) or a book to take key points from. */
        PointsRequest: {
            /**
             * @description Longest answer, tokens.
             * @default null
             * @example 120
             */
            max_tokens?: number | null;
            /**
             * @description Shortest answer, tokens (BART).
             * @default null
             */
            min_tokens?: number | null;
            /**
             * @description Beams of the search (BART).
             * @default null
             */
            num_beams?: number | null;
            /**
             * @description No run of so many tokens twice; 0 is off (BART).
             * @default null
             */
            no_repeat_ngram_size?: number | null;
            /**
             * @description 0 takes the likeliest token each time, which is the default (Llama).
             * @default null
             */
            temperature?: number | null;
            /**
             * @description Share of the probability sampled from (Llama).
             * @default null
             */
            top_p?: number | null;
            /**
             * @description The same seed gives the same text (Llama).
             * @default null
             */
            seed?: number | null;
            /**
             * @description Texts at which writing ends (Llama).
             * @default null
             */
            stop?: string[] | null;
            /**
             * @description A text.
             * @default null
             * @example null
             */
            text?: string | null;
            /**
             * @description A book of the catalog, instead of a text.
             * @default null
             * @example null
             */
            book_id?: number | null;
            /**
             * @description Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` insist on that worker's model; `extractive` picks the text's own best sentences.
             * @default auto
             * @example auto
             * @enum {string}
             */
            engine?: "auto" | "bart" | "llama" | "extractive";
            /**
             * @description The text, under the name that the first clients used.
             * @default null
             * @example Book description here
             */
            points?: string | null;
            /**
             * @description How many points at most.
             * @default 5
             * @example 5
             */
            count?: number;
        };
        /**
         * @description An error (RFC 9457). `detail` says what to change; `errors` names the fields, where fields are wrong.
         *
         *     Some problems have members of their own, such as `limit_bytes`, `accepted` or `job`.
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
            instance?: string;
            /**
             * @description Finds the request in the logs.
             * @default
             * @example 5f0c1d2e3a4b
             */
            request_id?: string;
            /**
             * @description The fields that are wrong.
             * @default []
             */
            errors?: components["schemas"]["FieldError"][];
        } & {
            [key: string]: unknown;
        };
        /** @description The last event of work that failed. */
        ProblemEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "problem";
            problem: components["schemas"]["Problem"];
        };
        /** @description How far the work is. */
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
        /** @description A page that was found. */
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
        /** @description A text to summarise and read aloud. */
        SpokenSummaryRequest: {
            /**
             * @description Longest answer, tokens.
             * @default null
             * @example 120
             */
            max_tokens?: number | null;
            /**
             * @description Shortest answer, tokens (BART).
             * @default null
             */
            min_tokens?: number | null;
            /**
             * @description Beams of the search (BART).
             * @default null
             */
            num_beams?: number | null;
            /**
             * @description No run of so many tokens twice; 0 is off (BART).
             * @default null
             */
            no_repeat_ngram_size?: number | null;
            /**
             * @description 0 takes the likeliest token each time, which is the default (Llama).
             * @default null
             */
            temperature?: number | null;
            /**
             * @description Share of the probability sampled from (Llama).
             * @default null
             */
            top_p?: number | null;
            /**
             * @description The same seed gives the same text (Llama).
             * @default null
             */
            seed?: number | null;
            /**
             * @description Texts at which writing ends (Llama).
             * @default null
             */
            stop?: string[] | null;
            /**
             * @description The text, of any length up to the body limit.
             * @example This is a sample text to generate a summary.
             */
            text: string;
            /**
             * @description How long the summary should be: with a model about 40, 75 or 200 words.
             * @default medium
             * @example short
             * @enum {string}
             */
            length?: "short" | "medium" | "long";
            /**
             * @description Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` insist on that worker's model; `extractive` picks the text's own best sentences.
             * @default auto
             * @example auto
             * @enum {string}
             */
            engine?: "auto" | "bart" | "llama" | "extractive";
            /** @default null */
            voice?: string | null;
            /**
             * @description How fast it is read; 1, the default, is 175 words a minute.
             * @default null
             * @example 1
             */
            speed?: number | null;
        };
        /** @description A job has begun its next stage. */
        StageEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "stage";
            /**
             * @example parts
             * @enum {string}
             */
            stage: "reading" | "parts" | "chapters" | "book" | "points" | "support" | "speech";
        };
        /** @description A job has changed its state; `succeeded`, `failed` and `cancelled` end the stream. */
        StateEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "state";
            /**
             * @example running
             * @enum {string}
             */
            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            /**
             * @description Of `running`: which attempt this is.
             * @default null
             * @example 1
             */
            attempt: number | null;
            /**
             * @description Of `failed`: why.
             * @default null
             */
            problem: components["schemas"]["Problem"] | null;
            /**
             * @description Of `succeeded`: the summary.
             * @default null
             * @example null
             */
            summary_id: string | null;
        };
        /** @description A summary, and what made it. */
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
             * @description Of a book: whether another engine than the wanted one answered.
             * @default false
             * @example false
             */
            degraded: boolean;
            /**
             * @description Of a book: the path of the stored summary.
             * @default null
             * @example null
             */
            result: string | null;
        };
        /** @description The last event of a summary. */
        SummaryDoneEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "done";
            result: components["schemas"]["Summary"];
        };
        /** @description The summary of the whole scope is written; its support and its audio follow. */
        SummaryEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "summary";
            /** @example The lamp was lit. */
            summary: string;
        };
        /** @description What to make of a book. */
        SummaryOrder: {
            /**
             * @description The book, a chapter or some pages.
             * @default book
             * @example book
             */
            scope?: "book" | components["schemas"]["ChapterScope"] | components["schemas"]["PagesScope"];
            /**
             * @description Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` insist on that worker's model; `extractive` picks the text's own best sentences.
             * @default auto
             * @example auto
             * @enum {string}
             */
            engine?: "auto" | "bart" | "llama" | "extractive";
            /**
             * @description How long the summary should be: with a model about 40, 75 or 200 words.
             * @default medium
             * @example short
             * @enum {string}
             */
            length?: "short" | "medium" | "long";
            /**
             * @description How many key points at most; 0 for none.
             * @default 5
             * @example 5
             */
            points?: number;
            /**
             * @description Whether the summaries are to be spoken as well.
             * @default false
             * @example true
             */
            audio?: boolean;
        };
        /** @description A text to summarise. */
        SummaryRequest: {
            /**
             * @description Longest answer, tokens.
             * @default null
             * @example 120
             */
            max_tokens?: number | null;
            /**
             * @description Shortest answer, tokens (BART).
             * @default null
             */
            min_tokens?: number | null;
            /**
             * @description Beams of the search (BART).
             * @default null
             */
            num_beams?: number | null;
            /**
             * @description No run of so many tokens twice; 0 is off (BART).
             * @default null
             */
            no_repeat_ngram_size?: number | null;
            /**
             * @description 0 takes the likeliest token each time, which is the default (Llama).
             * @default null
             */
            temperature?: number | null;
            /**
             * @description Share of the probability sampled from (Llama).
             * @default null
             */
            top_p?: number | null;
            /**
             * @description The same seed gives the same text (Llama).
             * @default null
             */
            seed?: number | null;
            /**
             * @description Texts at which writing ends (Llama).
             * @default null
             */
            stop?: string[] | null;
            /**
             * @description The text, of any length up to the body limit.
             * @example This is a sample text to generate a summary.
             */
            text: string;
            /**
             * @description How long the summary should be: with a model about 40, 75 or 200 words.
             * @default medium
             * @example short
             * @enum {string}
             */
            length?: "short" | "medium" | "long";
            /**
             * @description Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` insist on that worker's model; `extractive` picks the text's own best sentences.
             * @default auto
             * @example auto
             * @enum {string}
             */
            engine?: "auto" | "bart" | "llama" | "extractive";
        };
        /** @description A sentence and the pages that support it. */
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
        /** @description The next piece of the text that a model writes. */
        TokenEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "token";
            /** @example The lamp */
            text: string;
        };
        /** @description Tokens that a Llama model worked through. */
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
        /** @description Why a job waits. */
        Waiting: {
            /** @example The model of llama_service is not loaded: loading. */
            reason: string;
            /**
             * @description Until it is tried again.
             * @example 4
             */
            seconds: number;
        };
        /** @description A job was put back, because something it needs cannot be reached now. */
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
    };
    responses: {
        /** @description p */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /**
         * @description How many entries the whole list has.
         * @example 42
         */
        "X-Total-Count": number;
        /**
         * @description The other pages of the list: `first`, `prev`, `next`, `last` (RFC 8288).
         * @example </books/?page=2>; rel="next"
         */
        Link: string;
        /**
         * @description Changes with the content.
         * @example "5d41402abc4b2a76"
         */
        ETag: string;
        /**
         * @description The path of what was created.
         * @example /books/1
         */
        Location: string;
        /**
         * @description Whether `Range` is honoured.
         * @example bytes
         */
        "Accept-Ranges": string;
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
         * @description The engine that made the summary.
         * @example extractive
         */
        "Visis-Engine": string;
        /**
         * @description Whether the result was there, or the job shared (RFC 9211).
         * @example Visis; hit
         */
        "Cache-Status": string;
        /**
         * @description What of `Prefer` was applied.
         * @example wait=20
         */
        "Preference-Applied": string;
        /**
         * @description Seconds to wait before the next try.
         * @example 2
         */
        "Retry-After": number;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_books: {
        parameters: {
            query?: {
                /** @description Which page of the list, from 1. */
                page?: number;
                /** @description Entries on each page of the list. */
                per_page?: number;
                /** @description Words that the title or the author must have; the last may be a beginning. */
                q?: string;
                /** @description Words that the author must have. */
                author?: string;
                /** @description A BCP 47 tag; `en` finds `en-GB` too. */
                language?: string;
                /** @description What to sort by; with `-` before it in descending order. */
                sort?: "id" | "-id" | "title" | "-title" | "author" | "-author" | "language" | "-language" | "created_at" | "-created_at" | "updated_at" | "-updated_at" | "page_count" | "-page_count";
                /** @description The id of the last book on the page before, as the `next` link has it: the page begins behind it, whatever was added or removed meanwhile. If that book is gone, `page` decides. */
                after?: number;
            };
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Book"][];
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    create_book: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body gives the same answer and creates nothing twice. */
                "Idempotency-Key"?: string;
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
            /** @description The same request came before: the book it created. */
            200: {
                headers: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Book"];
                };
            };
            401: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            507: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    import_book: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body gives the same answer and creates nothing twice. */
                "Idempotency-Key"?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Book"];
                };
            };
            401: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            507: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    follow_import: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body gives the same answer and creates nothing twice. */
                "Idempotency-Key"?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ProgressEvent"] | components["schemas"]["BookDoneEvent"] | components["schemas"]["ProblemEvent"];
                };
            };
            401: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            507: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    read_book: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The book. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Book"];
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    replace_book: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that was read: if it has changed since, 412. */
                "If-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Book"];
                };
            };
            401: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            507: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    delete_book: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that was read: if it has changed since, 412. */
                "If-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    update_book: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that was read: if it has changed since, 412. */
                "If-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Book"];
                };
            };
            401: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            507: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    read_page: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
                /** @description The page, from 1. */
                page_number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page"];
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    read_page_text: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
                /** @description The page, from 1. */
                page_number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The text. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    read_page_markdown: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
                /** @description The page, from 1. */
                page_number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The text. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "text/markdown": string;
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    read_text: {
        parameters: {
            query?: {
                /** @description The first page wanted. */
                first_page?: number;
                /** @description The last page wanted; the book's if not given. */
                last_page?: number;
            };
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The text. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    read_text_pages: {
        parameters: {
            query?: {
                /** @description The first page wanted. */
                first_page?: number;
                /** @description The last page wanted; the book's if not given. */
                last_page?: number;
            };
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pages. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookText"];
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    list_chapters: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The chapters. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chapters"];
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    search_pages: {
        parameters: {
            query: {
                /** @description Which page of the list, from 1. */
                page?: number;
                /** @description Entries on each page of the list. */
                per_page?: number;
                /** @description Words, `"phrases"`, and `-` before what must not occur. */
                q: string;
            };
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchHit"][];
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    read_cover: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/png": Blob;
                    "image/gif": Blob;
                    "image/webp": Blob;
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    read_file: {
        parameters: {
            query?: never;
            header?: {
                /** @description The bytes wanted. */
                Range?: string;
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
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
            401: components["responses"]["Problem"];
            416: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    read_page_image: {
        parameters: {
            query?: {
                /** @description Width of the picture, pixels. */
                width?: number;
            };
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
                /** @description The page, from 1. */
                page_number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/png": Blob;
                    "image/gif": Blob;
                    "image/webp": Blob;
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    list_pictures: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
                /** @description The page, from 1. */
                page_number: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Picture"][];
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    read_picture: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
                /** @description The page, from 1. */
                page_number: number;
                /** @description The picture on the page, from 1. */
                image_number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/png": Blob;
                    "image/gif": Blob;
                    "image/webp": Blob;
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    list_summaries: {
        parameters: {
            query?: {
                /** @description Which page of the list, from 1. */
                page?: number;
                /** @description Entries on each page of the list. */
                per_page?: number;
            };
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookSummary"][];
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    order_summary: {
        parameters: {
            query?: never;
            header?: {
                /** @description `wait=N`: wait up to N seconds for the result. */
                Prefer?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            401: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            502: components["responses"]["Problem"];
            504: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    read_summary: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The summary's id, 32 hexadecimal digits. */
                summary_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The summary. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookSummary"];
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    delete_summary: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The summary's id, 32 hexadecimal digits. */
                summary_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    read_summary_audio: {
        parameters: {
            query?: never;
            header?: {
                /** @description The bytes wanted. */
                Range?: string;
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The summary's id, 32 hexadecimal digits. */
                summary_id: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "audio/mpeg": Blob;
                };
            };
            401: components["responses"]["Problem"];
            416: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    read_summary_captions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The summary's id, 32 hexadecimal digits. */
                summary_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description When each sentence is spoken. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "text/vtt": string;
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                /** @description Which page of the list, from 1. */
                page?: number;
                /** @description Entries on each page of the list. */
                per_page?: number;
                /** @description Only jobs in this state. */
                state?: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                /** @description Only jobs on this book. */
                book_id?: number;
            };
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"][];
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    read_job: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The job's id, 32 hexadecimal digits. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    cancel_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The job's id, 32 hexadecimal digits. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            401: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    list_job_events: {
        parameters: {
            query?: {
                /** @description Only events after this number. */
                after?: number;
            };
            header?: {
                /** @description The `ETag` that the client has: if it is unchanged, 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The job's id, 32 hexadecimal digits. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, up to 500. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NumberedEvent"][];
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Summary"];
                };
            };
            401: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            502: components["responses"]["Problem"];
            504: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
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
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["TokenEvent"] | components["schemas"]["ProgressEvent"] | components["schemas"]["PartEvent"] | components["schemas"]["StageEvent"] | components["schemas"]["StateEvent"] | components["schemas"]["WaitingEvent"] | components["schemas"]["ChapterEvent"] | components["schemas"]["SummaryEvent"] | components["schemas"]["PointsEvent"] | components["schemas"]["SummaryDoneEvent"] | components["schemas"]["ProblemEvent"];
                };
            };
            401: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            502: components["responses"]["Problem"];
            504: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
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
                    [name: string]: unknown;
                };
                content: {
                    "audio/mpeg": Blob;
                    "audio/wav": Blob;
                    "audio/ogg": Blob;
                };
            };
            401: components["responses"]["Problem"];
            406: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            502: components["responses"]["Problem"];
            504: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
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
                "application/json": components["schemas"]["LongSummaryRequest"];
                "multipart/form-data": components["schemas"]["LongSummaryForm"];
            };
        };
        responses: {
            /** @description The summary. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Summary"];
                };
            };
            401: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            502: components["responses"]["Problem"];
            504: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
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
                "application/json": components["schemas"]["LongSummaryRequest"];
                "multipart/form-data": components["schemas"]["LongSummaryForm"];
            };
        };
        responses: {
            /** @description Progress and text as they come, then `done` or `problem`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["TokenEvent"] | components["schemas"]["ProgressEvent"] | components["schemas"]["PartEvent"] | components["schemas"]["StageEvent"] | components["schemas"]["StateEvent"] | components["schemas"]["WaitingEvent"] | components["schemas"]["ChapterEvent"] | components["schemas"]["SummaryEvent"] | components["schemas"]["PointsEvent"] | components["schemas"]["SummaryDoneEvent"] | components["schemas"]["ProblemEvent"];
                };
            };
            401: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            502: components["responses"]["Problem"];
            504: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Points"];
                };
            };
            401: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            502: components["responses"]["Problem"];
            504: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
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
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["TokenEvent"] | components["schemas"]["ProgressEvent"] | components["schemas"]["PartEvent"] | components["schemas"]["StageEvent"] | components["schemas"]["StateEvent"] | components["schemas"]["WaitingEvent"] | components["schemas"]["ChapterEvent"] | components["schemas"]["SummaryEvent"] | components["schemas"]["PointsEvent"] | components["schemas"]["PointsDoneEvent"] | components["schemas"]["ProblemEvent"];
                };
            };
            401: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            502: components["responses"]["Problem"];
            504: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    recap_book: {
        parameters: {
            query: {
                /** @description The page about to be read: nothing from it on is used. */
                page: number;
                /** @description How long the summary should be: with a model about 40, 75 or 200 words. */
                length?: "short" | "medium" | "long";
                /** @description Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` insist on that worker's model; `extractive` picks the text's own best sentences. */
                engine?: "auto" | "bart" | "llama" | "extractive";
            };
            header?: {
                /** @description `wait=N`: wait up to N seconds for the result. */
                Prefer?: string;
            };
            path: {
                /** @description The book's id. */
                book_id: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            401: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            502: components["responses"]["Problem"];
            504: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    follow_job: {
        parameters: {
            query?: never;
            header?: {
                /** @description The number of the last event seen: the stream goes on after it. */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description The job's id, 32 hexadecimal digits. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, until the job has ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ProgressEvent"] | components["schemas"]["PartEvent"] | components["schemas"]["StageEvent"] | components["schemas"]["StateEvent"] | components["schemas"]["WaitingEvent"] | components["schemas"]["ChapterEvent"] | components["schemas"]["SummaryEvent"] | components["schemas"]["PointsEvent"];
                };
            };
            /** @description The job has ended, and its last event was seen. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Models"];
                };
            };
            401: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
}

/** Method and path of each operation. */
export const OPERATIONS = {
  list_books: ["GET", "/books/"],
  create_book: ["POST", "/books/"],
  import_book: ["POST", "/books/import"],
  follow_import: ["POST", "/books/import/events"],
  read_book: ["GET", "/books/{book_id}"],
  replace_book: ["PUT", "/books/{book_id}"],
  delete_book: ["DELETE", "/books/{book_id}"],
  update_book: ["PATCH", "/books/{book_id}"],
  read_page: ["GET", "/books/{book_id}/pages/{page_number}"],
  read_page_text: ["GET", "/books/{book_id}/pages/{page_number}.txt"],
  read_page_markdown: ["GET", "/books/{book_id}/pages/{page_number}.md"],
  read_text: ["GET", "/books/{book_id}/text"],
  read_text_pages: ["GET", "/books/{book_id}/text.json"],
  list_chapters: ["GET", "/books/{book_id}/chapters"],
  search_pages: ["GET", "/search"],
  read_cover: ["GET", "/books/{book_id}/cover"],
  read_file: ["GET", "/books/{book_id}/file"],
  read_page_image: ["GET", "/books/{book_id}/pages/{page_number}/image"],
  list_pictures: ["GET", "/books/{book_id}/pages/{page_number}/images"],
  read_picture: ["GET", "/books/{book_id}/pages/{page_number}/images/{image_number}"],
  list_summaries: ["GET", "/books/{book_id}/summaries"],
  order_summary: ["POST", "/books/{book_id}/summaries"],
  read_summary: ["GET", "/summaries/{summary_id}"],
  delete_summary: ["DELETE", "/summaries/{summary_id}"],
  read_summary_audio: ["GET", "/summaries/{summary_id}/audio"],
  read_summary_captions: ["GET", "/summaries/{summary_id}/audio.vtt"],
  list_jobs: ["GET", "/jobs"],
  read_job: ["GET", "/jobs/{job_id}"],
  cancel_job: ["DELETE", "/jobs/{job_id}"],
  list_job_events: ["GET", "/jobs/{job_id}/events.json"],
  generate_summary: ["POST", "/summaries/generate"],
  stream_summary: ["POST", "/summaries/generate/events"],
  generate_summary_audio: ["POST", "/summaries/generate/audio"],
  generate_long_summary: ["POST", "/generate-summary"],
  stream_long_summary: ["POST", "/generate-summary/events"],
  generate_points: ["POST", "/generate-points"],
  stream_points: ["POST", "/generate-points/events"],
  recap_book: ["GET", "/books/{book_id}/recap"],
  follow_job: ["GET", "/jobs/{job_id}/events"],
  list_models: ["GET", "/models"],
} as const;
