export { OPERATIONS } from "./api.js";
export { Visis, type CallOptions, type StreamOptions, type VisisOptions } from "./client.js";
export { ProblemError } from "./problem.js";
export type { Arguments, CallId, Data, EventOf, OperationId, ReadId, Reply, Schemas, StreamId } from "./types.js";
export type { Progress } from "./upload.js";
