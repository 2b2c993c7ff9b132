"""Every message that crosses a process, once: what the services validate with is what the API document shows.

`books`, `generation`, `jobs`, `events` and `models` hold the types; `public` and `internal` the operations;
`engine_choice` the rule by which the gateway and the job runner choose an engine.
Requests are closed and strict. Responses are closed as well; a client of a service ignores fields that it does not
know (`servicekit.upstream.parse_response`), so that services of two releases can run side by side.
"""
