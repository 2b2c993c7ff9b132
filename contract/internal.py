"""Operations between services: never reachable through the gateway."""

from __future__ import annotations

from contract import books, events, generation, headers, jobs, kinds, models
from servicekit import events as sse
from servicekit.operations import Content, Operation, json_content, no_content

_JOBS, _TEXT, _SPEECH = "jobs", "text", "speech"
_AUDIO = ("audio/mpeg", "audio/wav", "audio/ogg")

CALLER = "Visis-Caller"  # the header that names, to the catalog, whose request the gateway passes on

# catalog_service
EXTRACT_FILE = Operation(
    "extract_file", "POST", "/internal/extractions", "Read a file without storing it", "books",
    {200: json_content(books.Extraction, "What an import would have read.")},
    query_type=books.FileName, binary_type="application/octet-stream", failures=(507,), kind=kinds.UPLOAD,
)  # fmt: skip
READ_EXTENT = Operation(
    "read_extent", "GET", "/internal/books/{book_id}/extent", "How much text a scope holds", _JOBS,
    {200: json_content(jobs.Extent, "The extent.")},
    path_type=books.BookPath, query_type=jobs.ExtentQuery, failures=(422,),
)  # fmt: skip
CREATE_JOB = Operation(
    "create_job", "POST", "/internal/jobs", "Create a job, or share an equal one", _JOBS,
    {
        200: json_content(jobs.Job, "The equal job.", headers.LOCATION),
        201: json_content(jobs.Job, "The new job.", headers.LOCATION),
    },
    body_type=jobs.NewJob, failures=(404, 507),
)  # fmt: skip
LIST_CLAIMABLE = Operation(
    "list_claimable", "GET", "/internal/jobs/claimable", "Jobs that a runner may claim", _JOBS,
    {200: json_content(jobs.JobIds, "Their ids, the oldest first.")}, query_type=jobs.ClaimableQuery,
    kind=kinds.WAIT,
)  # fmt: skip
CLAIM_JOB = Operation(
    "claim_job", "POST", "/internal/jobs/{job_id}/claim", "Claim a job", _JOBS,
    {200: json_content(jobs.ClaimedJob, "The job."), 204: no_content("Another runner holds it, or it waits.")},
    path_type=jobs.JobPath, body_type=jobs.Claim,
)  # fmt: skip
RENEW_LEASES = Operation(
    "renew_leases", "POST", "/internal/leases/renew", "Renew a runner's leases", _JOBS,
    {200: json_content(jobs.JobIds, "Those of the jobs that it still holds.")}, body_type=jobs.LeaseRenewal,
)  # fmt: skip
RELEASE_LEASES = Operation(
    "release_leases", "POST", "/internal/leases/release", "Release a runner's jobs", _JOBS,
    {200: json_content(jobs.JobIds, "The jobs that it held.")}, body_type=jobs.OwnerMessage,
)  # fmt: skip
ADD_PARTS = Operation(
    "add_parts", "POST", "/internal/jobs/{job_id}/parts", "Store finished parts", _JOBS,
    {200: json_content(jobs.Job, "The job.")},
    path_type=jobs.JobPath, body_type=jobs.FinishedParts, failures=(409, 507),
)  # fmt: skip
FIND_PARTS = Operation(
    "find_parts", "POST", "/internal/parts/lookup", "Look finished parts up", _JOBS,
    {200: json_content(jobs.PartOutputs, "The outputs of those that are stored.")}, body_type=jobs.PartKeys,
)  # fmt: skip
DEFER_JOB = Operation(
    "defer_job", "POST", "/internal/jobs/{job_id}/defer", "Put a job back for a while", _JOBS,
    {200: json_content(jobs.Job, "The job.")}, path_type=jobs.JobPath, body_type=jobs.Deferral, failures=(409,),
)  # fmt: skip
FAIL_JOB = Operation(
    "fail_job", "POST", "/internal/jobs/{job_id}/fail", "End a job that cannot succeed", _JOBS,
    {200: json_content(jobs.Job, "The job.")}, path_type=jobs.JobPath, body_type=jobs.Failure, failures=(409,),
)  # fmt: skip
FINISH_JOB = Operation(
    "finish_job", "POST", "/internal/jobs/{job_id}/finish", "Store what a job made", _JOBS,
    {200: json_content(jobs.Job, "The job.")}, path_type=jobs.JobPath, body_type=jobs.JobResult, failures=(409, 507),
)  # fmt: skip
STORE_AUDIO = Operation(
    "store_audio", "PUT", "/internal/jobs/audio", "Keep an audio file until its job is finished", _JOBS,
    {200: json_content(jobs.StoredAudio, "Its name and size.")}, binary_type="audio/mpeg", failures=(507,),
    kind=kinds.UPLOAD,
)  # fmt: skip

# bart_service and llama_service
WRITE_SUMMARY = Operation(
    "write_summary", "POST", "/summaries", "Summarise a text of any length", _TEXT,
    {200: json_content(generation.Summary, "The summary.")}, body_type=generation.SummaryTask, failures=(409, 504),
)  # fmt: skip
STREAM_SUMMARY = Operation(
    "stream_summary", "POST", "/summaries/events", "Summarise a text and follow it", _TEXT,
    {200: Content("Events, the last one `done` or `problem`.", events.SummaryStreamEvent, (sse.MEDIA_TYPE,))},
    body_type=generation.SummaryTask, failures=(409, 504),
)  # fmt: skip
WRITE_POINTS = Operation(
    "write_points", "POST", "/points", "Key points of a text of any length", _TEXT,
    {200: json_content(generation.Points, "The points.")}, body_type=generation.PointsTask, failures=(409, 504),
)  # fmt: skip
STREAM_POINTS = Operation(
    "stream_points", "POST", "/points/events", "Key points of a text, followed", _TEXT,
    {200: Content("Events, the last one `done` or `problem`.", events.PointsStreamEvent, (sse.MEDIA_TYPE,))},
    body_type=generation.PointsTask, failures=(409, 504),
)  # fmt: skip
LIST_WORKER_MODELS = Operation(
    "list_worker_models", "GET", "/models", "Which engines there are, and why", _TEXT,
    {200: json_content(models.WorkerModels, "Every engine of this worker.")},
)  # fmt: skip
SPEAK = Operation(
    "speak", "POST", "/speech", "Read a text aloud", _SPEECH,
    {200: Content("Audio, sentence by sentence while it is made.", None, _AUDIO)},
    body_type=generation.SpeechTask, failures=(406, 502, 504),
)  # fmt: skip
TIME_SPEECH = Operation(
    "time_speech", "POST", "/speech/timings", "When each sentence or word of a speech is spoken", _SPEECH,
    {200: Content("WebVTT.", str, ("text/vtt",))}, body_type=generation.TimingsTask, failures=(502, 504),
)  # fmt: skip
