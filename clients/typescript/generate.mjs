// Writes src/api.ts from docs/openapi.json: the types, and a table of operations. With --check it only compares.
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const DOCUMENT = new URL("../../docs/openapi.json", import.meta.url);
const OUTPUT = new URL("src/api.ts", import.meta.url);
const METHODS = ["get", "put", "post", "delete", "patch"];

const BLOB = ts.factory.createTypeReferenceNode("Blob");

/** Files are Blobs, and a stream of events has the type of its events. */
function transform(schema) {
  if (schema.format === "binary") return BLOB;
  if (schema.contentSchema) return typeOf(schema.contentSchema);
  return undefined;
}

/** The type of a reference, or of a union of references. */
function typeOf(schema) {
  if (schema.$ref) {
    const name = schema.$ref.replace("#/components/schemas/", "");
    const components = ts.factory.createTypeReferenceNode("components");
    const index = (type, key) =>
      ts.factory.createIndexedAccessTypeNode(type, ts.factory.createLiteralTypeNode(ts.factory.createStringLiteral(key)));
    return index(index(components, "schemas"), name);
  }
  return ts.factory.createUnionTypeNode((schema.oneOf ?? schema.anyOf).map(typeOf));
}

/** How the body of a successful response is read. */
function bodyKind(operation) {
  for (const [status, response] of Object.entries(operation.responses)) {
    const [media] = Object.entries(response.content ?? {});
    if (!status.startsWith("2") || media === undefined) continue;
    const [type, { schema }] = media;
    if (type === "text/event-stream") return "events";
    if (schema?.format === "binary") return "blob";
    return /json$/.test(type) ? "json" : "text";
  }
  return "none";
}

function operationTable(document) {
  const rows = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS.filter((one) => item[one])) {
      const operation = item[method];
      const row = [method.toUpperCase(), path, bodyKind(operation)].map((value) => JSON.stringify(value)).join(", ");
      rows.push(`  ${operation.operationId}: [${row}],`);
    }
  }
  const head = "/** Method and path of each operation, and how its response is read. */\nexport const OPERATIONS = {";
  return `${head}\n${rows.join("\n")}\n} as const;\n`;
}

const document = JSON.parse(await readFile(DOCUMENT, "utf8"));
const types = astToString(await openapiTS(DOCUMENT, { defaultNonNullable: false, transform, silent: true }));
const text = `// Written by \`make client\` from docs/openapi.json. Do not edit.\n\n${types}\n${operationTable(document)}`;
if (process.argv.includes("--check")) {
  const present = await readFile(OUTPUT, "utf8").catch(() => "");
  if (present !== text) {
    console.error("clients/typescript/src/api.ts is stale: run make client");
    process.exitCode = 1;
  }
} else {
  await writeFile(OUTPUT, text);
}
