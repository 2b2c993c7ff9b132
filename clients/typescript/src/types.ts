// What an operation takes and answers, read off the generated types.
import type { components, operations, OPERATIONS } from "./api.js";

export type Schemas = components["schemas"];
export type OperationId = keyof operations;

type Empty = Record<never, never>;
/** The parameters at one place, optional as a whole if each of them is. */
type Given<Place extends string, Values> = [Values] extends [never]
  ? Empty
  : Empty extends Values
    ? { [K in Place]?: Values }
    : { [K in Place]: Values };
type At<O, Place extends string> = O extends { parameters: { [K in Place]?: infer Values } }
  ? Given<Place, NonNullable<Values>>
  : Empty;

type RequestBody<O> = O extends { requestBody?: infer B } ? NonNullable<B> : never;
type Content<O> = [RequestBody<O>] extends [never] ? never : RequestBody<O> extends { content: infer C } ? C : never;
type JsonBody<C> = C extends { "application/json": infer Json } ? { json: Json } : never;
type FormBody<C> = C extends { "multipart/form-data": infer Form } ? { form: Form } : never;
/** The body as JSON or as a form; an operation that takes either is called with one of them. */
type Body<O> = [Content<O>] extends [never] ? Empty : JsonBody<Content<O>> | FormBody<Content<O>>;

/** What an operation is called with: `path`, `query` and `header` parameters, and its body as `json` or `form`. */
export type Arguments<Id extends OperationId> = At<operations[Id], "path"> &
  At<operations[Id], "query"> &
  At<operations[Id], "header"> &
  Body<operations[Id]>;

type Responses<Id extends OperationId> = operations[Id]["responses"];
type Success = 200 | 201 | 202 | 204 | 206 | 304;
type DataOf<R> = R extends { content: infer C } ? C[keyof C] : undefined;

/** What an operation answers when it succeeds, told apart by `status`. */
export type Reply<Id extends OperationId> = {
  [S in keyof Responses<Id> & Success]: { status: S; data: DataOf<Responses<Id>[S]>; headers: Headers };
}[keyof Responses<Id> & Success];

/** The data of a successful answer. */
export type Data<Id extends OperationId> = Exclude<Reply<Id>, { status: 304 }>["data"];

type WithBody<Kind> = { [Id in OperationId]: (typeof OPERATIONS)[Id][2] extends Kind ? Id : never }[OperationId];

/** The operations that answer a stream of events. */
export type StreamId = WithBody<"events">;

/** All others. */
export type CallId = Exclude<OperationId, StreamId>;

/** The events of a stream, told apart by `type`. */
export type EventOf<Id extends StreamId> = operations[Id]["responses"] extends {
  200: { content: { "text/event-stream": infer Event } };
}
  ? Event
  : never;

/** The operations that a URL alone names: those that only read. */
export type ReadId = {
  [Id in OperationId]: (typeof OPERATIONS)[Id][0] extends "GET" ? Id : never;
}[OperationId];
